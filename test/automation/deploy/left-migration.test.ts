import { assert } from "chai";
import type { DeployFailed } from "../../../automation/core/errors";
import { LeaseLostError } from "../../../automation/ports/store";
import type { Course } from "./fake-run-task";
import { Scene, sizes } from "./scene";

/** The process that followed a migration dies, or never hears of its task: ECS goes on with it. */
describe("a migration that nobody follows", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  const TASK = "arn/users-green/t1";
  const running = (): Course => ({ states: [{ status: "RUNNING" }] });

  /** A scene in which ECS holds the instances until the migration has ended (aws-rules C24, C27). */
  function open(service: object = {}): void {
    scene = new Scene(undefined, { migrate: "npm run migrate", services: { users: service } });
    scene.look = (cluster, seen) => {
      const { active, colours } = scene.stack.current!.live.services.users!;
      const isHeld = cluster === "users-green" && active === "blue" && colours.green.size === 0;
      if (!isHeld || scene.taskRunner.stopped.length > 0) return seen;
      return { ...seen, instances: [{ id: "i-1", state: "Terminating:Wait", agent: "connected" }] };
    };
  }
  /** The journal is left as by a process that was killed in the step. */
  async function killed(course = running(), migrateAgain = false): Promise<void> {
    scene.taskRunner.courses = [course];
    const before = scene.taskRunner.started.length;
    scene.clock.onSlept = () => {
      if (scene.taskRunner.started.length > before) scene.abort.abort(new LeaseLostError(1, null));
    };
    assert.instanceOf(await scene.deploy("v2", ["users"], { migrateAgain }), LeaseLostError);
    assert.deepEqual(scene.taskRunner.stopped, []);
    scene.abort = new AbortController();
    scene.clock.onSlept = () => {};
    scene.events.length = 0;
  }
  const coolDown = () => scene.events.find((event) => event.type === "stepEnded" && event.step === "coolDown");

  for (const [kind, service] of Object.entries({
    "an api": {},
    "an api with streams": { streams: { within: "15m" } },
    "a worker": { kind: "worker" },
    "a job": { kind: "job", schedule: "rate(1 hour)" },
  }))
    it(`is stopped by \`abort\`: ${kind}`, async () => {
      open(service);
      await killed();
      assert.isNull(await scene.abortRun());
      assert.deepEqual(scene.taskRunner.stopped, [TASK]);
      assert.equal(sizes(scene.stack.current!.live), "blue 2 (active), green 0");
      assert.propertyVal(coolDown(), "detail", "users green is at 0; the migration of users still ran and was stopped");
    });

  it("is waited for by `resume`", async () => {
    open();
    const course = running();
    await killed(course);
    course.states = [{ status: "RUNNING" }, { status: "STOPPED", exitCode: 0 }];
    assert.isNull(await scene.resume());
    assert.lengthOf(scene.taskRunner.started, 1);
    assert.deepEqual(scene.taskRunner.stopped, []);
    assert.equal(sizes(scene.stack.current!.live), "blue 0, green 2 (active)");
  });

  it("is waited for by `resume`, also where the run migrates again what was recorded", async () => {
    open({ test: "test -e good" });
    scene.look = (_, seen) => seen;
    assert.instanceOf(await scene.deploy(), Error);
    const course = running();
    await killed(course, true);
    course.states = [{ status: "RUNNING" }, { status: "STOPPED", exitCode: 0 }];
    await scene.resume();
    assert.lengthOf(scene.taskRunner.started, 2);
    const ended = scene.events.find((event) => event.type === "stepEnded" && event.step === "migrate");
    assert.propertyVal(ended, "detail", "users is migrated to v2, exit code 0");
  });

  it("is stopped where ECS started it and did not say so, also if it lists it late", async () => {
    open();
    const { taskRunner } = scene;
    taskRunner.start = async ({ cluster, startedBy }) => {
      scene.stack.onUp = (number) => {
        if (number === 2) taskRunner.add(cluster, startedBy, running());
      };
      throw Object.assign(new Error("connect ETIMEDOUT"), { name: "TimeoutError" });
    };
    const { step, outcome } = (await scene.deploy()) as DeployFailed;
    assert.deepEqual([step, outcome], ["migrate", "takenBack"]);
    assert.deepEqual(taskRunner.stopped, [TASK]);
  });

  it("is asked about again while AWS does not answer", async () => {
    open();
    await killed();
    const { taskRunner } = scene;
    const find = taskRunner.find.bind(taskRunner);
    let calls = 0;
    taskRunner.find = async (...asked) => {
      if (++calls === 1) throw Object.assign(new Error("try later"), { name: "ThrottlingException" });
      return find(...asked);
    };
    assert.isNull(await scene.abortRun());
    assert.deepEqual(taskRunner.stopped, [TASK]);
  });
});
