import { assert } from "chai";
import { StepFailed } from "../../../automation/core/errors";
import type { DeployStore } from "../../../automation/ports/store";
import { COLOURS, other } from "../../../components/core/colour-name";
import type { Live } from "../../../components/live/live";
import { Scene, sizes } from "./scene";
import { live, release } from "./worlds";

/** The process is gone: nothing that it still wants to do happens. */
class Killed extends Error {}

/** What is really there, apart from what the stack's outputs say: an `up` that is killed has done a part of its work. */
class CrashScene extends Scene {
  /** Sizes and routing as AWS has them. */
  real: Live = structuredClone(this.stack.current!.live);
  /** Journal writes and `up`s until the process is killed; both count. */
  #left = Number.POSITIVE_INFINITY;
  #dead = false;

  /** The next command is killed at its n-th point. Each write has two, before and after it; each `up` has four: before, half way, all done but not written down, and after it. */
  killAt(point: number): void {
    this.#left = point;
    this.#dead = false;
  }

  /** A new process, with a new lease. */
  revive(): void {
    this.killAt(Number.POSITIVE_INFINITY);
  }

  get isDead(): boolean {
    return this.#dead;
  }

  #point(): void {
    if (this.#dead) throw new Killed();
    if (--this.#left === 0) {
      this.#dead = true;
      throw new Killed();
    }
  }

  constructor(settings: ConstructorParameters<typeof Scene>[1] = {}) {
    super(undefined, { ramp: [10], rampPauseSeconds: 1, bakeSeconds: 1, drainSeconds: 1, ...settings });
    const append = this.store.append.bind(this.store);
    this.store.append = async (...args: Parameters<DeployStore["append"]>) => {
      this.#point();
      await append(...args);
      this.#point();
    };
    const route = this.trafficSwitch.route.bind(this.trafficSwitch);
    this.trafficSwitch.route = async (rule) => {
      this.#point();
      await route(rule);
      const users = this.real.services.users!;
      const { idleShare: _, ...whole } = users;
      this.real = { ...this.real, services: { users: { ...whole, active: this.stack.routedAhead.get("users")! } } };
      this.#assertServes();
      this.#point();
    };
    const up = this.stack.up.bind(this.stack);
    this.stack.up = async (wanted, options) => {
      this.#point();
      this.real = halfWay(this.real, wanted!);
      this.#assertServes();
      this.#point();
      this.real = allDone(this.real, this.stack.current!.live, wanted!);
      this.#assertServes();
      this.#point();
      const result = await up(wanted, options).catch((error: unknown) => {
        throw error instanceof StepFailed ? new Error(`refused: ${error.message}`) : error;
      });
      this.#point();
      return result;
    };
  }

  /** Whatever runs, production reaches a colour with instances of a desired release. */
  #assertServes(): void {
    const { active, colours } = this.real.services.users!;
    const { release: runs, size } = colours[active];
    assert.isAbove(size, 0, "production goes to a colour without instances");
    assert.include(["v1", "v2"], runs?.name);
    const { idleShare } = this.real.services.users!;
    if (idleShare) assert.isAbove(colours[other(active)].size, 0, "a share goes to a colour without instances");
  }
}

/** Routing changes before sizes that fall, and after sizes that rise; half way, sizes are at 1 of what they shall be and ways are as they were. */
function halfWay(real: Live, wanted: Live): Live {
  const [is, shall] = [real.services.users!, wanted.services.users!];
  const colours = { ...is.colours };
  for (const colour of COLOURS) {
    const from = is.colours[colour];
    const to = shall.colours[colour];
    if (from.size !== to.size)
      colours[colour] = { release: to.release, size: Math.max(1, Math.min(from.size, to.size)) };
  }
  return { serial: real.serial, services: { users: { ...is, colours } } };
}

/** The engine changes routing only where its state says something else than what is asked for. */
function allDone(real: Live, state: Live, wanted: Live): Live {
  const [is, was, shall] = [real.services.users!, state.services.users!, wanted.services.users!];
  const isAsked = was.active === shall.active && was.idleShare === shall.idleShare;
  const routing = isAsked ? is : shall;
  const { idleShare: _, ...rest } = structuredClone(shall);
  const share = routing.idleShare === undefined ? {} : { idleShare: routing.idleShare };
  return { serial: wanted.serial, services: { users: { ...rest, ...share, active: routing.active } } };
}

type Command = "resume" | "abortRun" | "rollback";

const FORWARD = live({ active: "green", blue: ["v1", 0], green: ["v2", 2] });
const BACK = live({ active: "blue", blue: ["v1", 2], green: ["v2", 0] });
const NEVER_WARM = live({ active: "blue", blue: ["v1", 2], green: null });

/** Production grows from 2 instances to 5 while the new release has a share of it. */
function growingScene(): CrashScene {
  const scene = new CrashScene({ size: { min: 2, max: 9 } });
  scene.look = (cluster, seen) =>
    cluster === "users-blue" && scene.real.services.users!.idleShare !== undefined
      ? { ...seen, inService: Math.max(5, seen.inService) }
      : seen;
  return scene;
}

function assertEnd(scene: CrashScene, ends: readonly Live[], where: string): void {
  const is = scene.stack.current!.live.services.users!;
  assert.deepInclude(
    ends.map(({ services }) => services.users),
    is,
    where,
  );
  const outputs = is;
  const real = scene.real.services.users!;
  assert.equal(real.active, outputs.active, where);
  assert.equal(real.idleShare, outputs.idleShare, where);
  for (const colour of COLOURS) assert.equal(real.colours[colour].size, outputs.colours[colour].size, where);
}

describe("a crash", () => {
  const commands: { command: Command; ends: Live[] }[] = [
    { command: "resume", ends: [FORWARD] },
    { command: "abortRun", ends: [BACK, NEVER_WARM] },
    { command: "rollback", ends: [BACK, NEVER_WARM] },
  ];
  const scenes = [
    { of: "", begin: () => new CrashScene() },
    { of: "of a service that grows during a ramp, ", begin: growingScene },
  ];
  for (const { command, ends, of, begin } of scenes.flatMap((scene) => commands.map((one) => ({ ...one, ...scene })))) {
    it(`${of}at every journal write and in every \`up\`: ${command} ends as an uninterrupted run does`, async () => {
      let points = 0;
      for (let point = 1; ; point++) {
        const scene = begin();
        scene.killAt(point);
        const error = await scene.deploy();
        if (!scene.isDead) {
          assert.isNull(error);
          scene.close();
          break;
        }
        points++;
        scene.revive();
        const where = `killed at point ${point}, then ${command}`;
        const opened = (await scene.store.deploys()).length > 0;
        if (!opened) {
          assert.match(String(await scene[command]()), /nothing to|no previous release/, where);
          assert.isNull(await scene.deploy());
          assertEnd(scene, [FORWARD], where);
        } else {
          const isClosed = (await scene.journal()).at(-1)!.kind === "closed";
          const went = await scene[command]();
          if (isClosed && command !== "rollback") assert.match(String(went), /^UserError: nothing to/, where);
          else assert.isNull(went, where);
          assertEnd(scene, isClosed && command !== "rollback" ? [FORWARD] : ends, where);
        }
        scene.close();
      }
      assert.isAbove(points, 50);
    });
  }

  it("on the way back, again and again: each command goes on, until all is as before", async () => {
    for (let point = 1; point <= 40; point++) {
      const scene = new CrashScene();
      scene.killAt(30);
      await scene.deploy();
      for (const command of ["abortRun", "resume", "abortRun", "rollback"] as const) {
        scene.killAt(point);
        await scene[command]();
      }
      scene.revive();
      const entries = await scene.journal();
      if (entries.at(-1)?.kind !== "closed") assert.isNull(await scene.resume());
      assertEnd(scene, [BACK, NEVER_WARM, FORWARD], `point ${point}`);
      scene.close();
    }
  });

  for (const { command, end } of [
    { command: "resume", end: BACK },
    { command: "rollback", end: BACK },
    { command: "abortRun", end: FORWARD },
  ] as const) {
    it(`of a rollback, at every point: ${command} ends as an uninterrupted run does`, async () => {
      let wasRouted = false;
      for (let point = 1; ; point++) {
        const scene = new CrashScene();
        assert.isNull(await scene.deploy());
        scene.killAt(point);
        const error = await scene.rollback();
        if (!scene.isDead) {
          assert.isNull(error);
          scene.close();
          break;
        }
        scene.revive();
        wasRouted ||= scene.stack.routedAhead.size > 0;
        const where = `killed at point ${point}, then ${command}`;
        const isClosed = (await scene.journal()).at(-1)!.kind === "closed";
        const went = await (command === "abortRun" ? scene.abortRun({ despiteRollback: "test" }) : scene[command]());
        // Where the killed rollback had not opened its journal yet, a `rollback` begins it; where it had ended, it is refused.
        const mayBegin = command === "rollback" && went === null;
        if (isClosed && !mayBegin) assert.match(String(went), /^UserError: nothing to/, where);
        else assert.isNull(went, where);
        assertEnd(scene, isClosed && command !== "rollback" ? [FORWARD, BACK] : [end], where);
        scene.close();
      }
      assert.isTrue(wasRouted, "no kill came between the rules and their `up`");
    });
  }

  it("leaves no release on a colour that another one was half warmed on", async () => {
    let scene = new CrashScene();
    for (let point = 1; scene.real.services.users!.colours.green.size !== 1; point++) {
      scene.close();
      scene = new CrashScene();
      scene.killAt(point);
      await scene.deploy();
    }
    scene.revive();
    assert.match(String(await scene.deploy("v3")), /is not finished: `resume` goes on with it, `abort` takes it back/);
    assert.isNull(await scene.abortRun());
    assert.equal(sizes(scene.real), "blue 2 (active), green 0");
    assert.deepEqual(scene.real.services.users!.colours.green.release, release("v2"));
    scene.close();
  });
});
