import { assert } from "chai";
import { StepFailed } from "../../../../automation/core/errors";
import type { StepContext } from "../../../../automation/deploy/context";
import type { Step } from "../../../../automation/deploy/step";
import { bake } from "../../../../automation/deploy/steps/bake";
import { matchSize } from "../../../../automation/deploy/steps/match-size";
import { migrate } from "../../../../automation/deploy/steps/migrate";
import { preflight } from "../../../../automation/deploy/steps/preflight";
import { retire } from "../../../../automation/deploy/steps/retire";
import { test } from "../../../../automation/deploy/steps/test";
import { StoreUnreachable } from "../../../../automation/ports/store";
import { digestOf, Scene } from "../scene";
import { live, release } from "../worlds";

const RESET = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
const BUSY = new StoreUnreachable("lock.json is being written by others all the time", null);
const REFUSED = Object.assign(new Error("not allowed"), { name: "AccessDeniedException" });

type Ask = (...args: never[]) => Promise<unknown>;

describe("a step that only looks or records, while nobody answers", () => {
  let scene: Scene;
  beforeEach(() => {
    scene = new Scene(live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] }), {
      migrate: "up",
      size: { min: 2, max: 9 },
      test: "true",
      testHeader: { name: "x-preview", value: "ssm:/key" },
    });
  });
  afterEach(() => scene.close());

  /** Fails the first so many calls of a port's method. */
  function failing(port: object, method: string, error: Error, times: number): void {
    const answer = ((port as Record<string, Ask>)[method] as Ask).bind(port);
    let left = times;
    (port as Record<string, Ask>)[method] = async (...args) => {
      if (left-- > 0) throw error;
      return answer(...args);
    };
  }

  async function perform(step: Step, context: StepContext, progress: object = {}) {
    const start = scene.state();
    const { image, name } = release("v2");
    const desired = step === migrate ? { users: { image, name } } : start.desired;
    const state = { ...start, desired, progress: { ...start.progress, ...progress } };
    const services = ["users"];
    const intended = step.intend?.(context, state, { services }) ?? null;
    return step.perform(context, state, { services, intended });
  }

  for (const { what, step, port, method, error, says } of [
    {
      what: "production's health",
      step: preflight,
      port: "observer",
      method: "colour",
      error: RESET,
      says: "ECONNRESET",
    },
    { what: "the size", step: matchSize, port: "observer", method: "colour", error: RESET, says: "ECONNRESET" },
    {
      ...{ what: "a migration's record", step: migrate, port: "migrations", method: "migration" },
      ...{ error: BUSY, says: "written by others" },
    },
    {
      ...{
        what: "the record of a migration that has ended",
        step: migrate,
        port: "migrations",
        method: "recordMigration",
      },
      ...{ error: BUSY, says: "written by others" },
    },
    { what: "the header's value", step: test, port: "secretReader", method: "value", error: RESET, says: "ECONNRESET" },
  ] as const) {
    it(`asks again for ${what}, and goes on`, async () => {
      const { context } = scene;
      failing(context[port as keyof StepContext] as object, method, error, 3);
      const { state } = await perform(step, context);
      if (step === preflight) assert.isTrue(state.progress.preflight);
      else assert.property(state.progress.done, step.name);
      const said = scene.events.flatMap((event) => (event.type === "progress" ? [event.message] : []));
      assert.isTrue(
        said.some((line) => line.includes(says)),
        said.join("\n"),
      );
      if (step === migrate) {
        assert.lengthOf(scene.taskRunner.started, 1);
        assert.isNotNull(await scene.store.migration("users", digestOf("v2")));
      }
    });

    it(`gives up ${what} after five minutes, with a cause`, async () => {
      const { context } = scene;
      failing(context[port as keyof StepContext] as object, method, error, Number.POSITIVE_INFINITY);
      const startedMs = scene.clock.nowMs;
      const failure = await perform(step, context).catch((cause: unknown) => cause);
      assert.instanceOf(failure, StepFailed);
      assert.include((failure as Error).message, says);
      assert.isAtLeast(scene.clock.nowMs - startedMs, 300_000);
    });

    it(`does not ask again for ${what} after a refusal`, async () => {
      const { context } = scene;
      failing(context[port as keyof StepContext] as object, method, REFUSED, 1);
      assert.equal(await perform(step, context).catch((cause: unknown) => cause), REFUSED);
    });
  }

  it("asks again for the minimum that a schedule says, when the old colour goes", async () => {
    scene.close();
    const schedule = [{ from: "08:00", to: "20:00", min: 4 }];
    scene = new Scene(live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }), {
      services: { users: { size: { min: 2, max: 9, schedule } } },
    });
    const { context } = scene;
    failing(context.observer, "colour", RESET, 1);
    assert.match((await perform(retire, context)).detail, /^users blue is at 0$/);
  });

  it("ends a good bake although nobody can say what the migration did to the old release", async () => {
    scene.close();
    scene = new Scene(live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }), { bakeSeconds: 180 });
    const { context, clock } = scene;
    const routedAtMs = clock.nowMs;
    const traffic = context.observer.traffic;
    context.observer.traffic = async (groups, window) => {
      if (window.toMs === routedAtMs) throw REFUSED;
      return traffic(groups, window);
    };
    const { detail, state } = await perform(bake, context, { migratedAtMs: routedAtMs - 300_000, routedAtMs });
    assert.property(state.progress.done, "bake");
    assert.match(detail, /; what the old release did before the cutover cannot be read: not allowed$/);
  });
});
