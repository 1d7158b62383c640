import { assert } from "chai";
import { StepFailed } from "../../../../automation/core/errors";
import { warm } from "../../../../automation/deploy/steps/warm";
import type { ColourObservation } from "../../../../automation/ports/observer";
import { Scene } from "../scene";
import { live } from "../worlds";

describe("warm", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  /** The clusters whose tasks were told to end, with the number of `up`s before. */
  const drainedBy = async (users: object, green: [string, number] | null = ["v0", 0]) => {
    scene = new Scene(live({ active: "blue", blue: ["v1", 2], green }), { services: { users } });
    const upsBefore: number[] = [];
    scene.onDrain = () => upsBefore.push(scene.stack.asked.length);
    await scene.perform(warm);
    return { clusters: scene.drained, upsBefore };
  };

  it("ends tasks with open streams that an interrupted run left on the idle colour, before they would be replaced", async () => {
    const streams = { kind: "api", streams: { within: "15m" } };
    assert.deepEqual(await drainedBy(streams), { clusters: ["users-green"], upsBefore: [0] });
  });

  for (const [what, users] of [
    ["a service without streams", { kind: "api" }],
    ["streams without a time of their own", { kind: "api", streams: { within: "0s" } }],
  ] as const) {
    it(`ends nothing of ${what}`, async () => {
      assert.deepEqual(await drainedBy(users), { clusters: [], upsBefore: [] });
    });
  }

  it("ends nothing of a colour that runs", async () => {
    const streams = { kind: "api", streams: { within: "15m" } };
    assert.deepEqual((await drainedBy(streams, ["v2", 1])).clusters, []);
  });

  for (const [size, seen] of [
    [1, "users green runs v2 on 1 instance"],
    [2, "users green runs v2 on 2 instances"],
  ] as const) {
    it(`says on how many instances the release runs: ${size}`, async () => {
      scene = new Scene(live({ active: "blue", blue: ["v1", size], green: null }), { services: { users: { size } } });
      assert.equal((await scene.perform(warm)).detail, seen);
    });
  }

  describe("waits for the instances, for which the `up` does not", () => {
    beforeEach(() => {
      scene = new Scene(live({ active: "blue", blue: ["v1", 2], green: null }));
    });

    /** Changes what is seen of the idle colour after the `up`, by the seconds that have passed. */
    const seenAt = (change: (seen: ColourObservation, second: number) => ColourObservation) => {
      const beganMs = scene.clock.nowMs;
      scene.look = (cluster, seen) =>
        cluster === "users-green" && scene.stack.asked.length > 0
          ? change(seen, (scene.clock.nowMs - beganMs) / 1000)
          : seen;
    };
    const unhealthy = (seen: ColourObservation, count = 2) => ({
      ...seen,
      targets: seen.targets.map((target) =>
        Number(target.instanceId.split("-").at(-1)) <= count
          ? { ...target, state: "unhealthy", reason: "503" }
          : target,
      ),
    });
    const passedAbout = (seconds: number, beganMs: number) => {
      const passed = (scene.clock.nowMs - beganMs) / 1000;
      assert.isTrue(passed >= seconds && passed < seconds + 20, `${passed} s`);
    };
    async function fails(options: Parameters<Scene["perform"]>[1] = {}): Promise<StepFailed> {
      const error = await scene.perform(warm, options).then(
        () => assert.fail("it passed"),
        (failure: unknown) => failure,
      );
      assert.instanceOf(error, StepFailed);
      return error as StepFailed;
    }

    it("says what it waits for, and counts that time as waited", async () => {
      const beganMs = scene.clock.nowMs;
      seenAt((seen, second) => (second < 100 ? { ...seen, inService: 1 } : second < 200 ? unhealthy(seen, 1) : seen));
      await scene.perform(warm);
      passedAbout(200, beganMs);
      const upSeconds = scene.event("up").seconds;
      assert.closeTo(scene.event("waited").seconds, (scene.clock.nowMs - beganMs) / 1000 - upSeconds, 0.01);
      const said = scene.events.flatMap((event) => (event.type === "progress" ? [event.message] : []));
      assert.include(said, "the idle colour is not up: users: 1 of 2 instances are in service");
      assert.match(said.at(-1)!, /^the idle colour is not up: users: 1 of 2 targets are healthy in users-green-on-/);
    });

    it("of a worker only until they are in service: its tasks are looked at by verify", async () => {
      scene = new Scene(live({ active: "blue", blue: ["v1", 2], green: null }), {
        services: { users: { kind: "worker" } },
      });
      const beganMs = scene.clock.nowMs;
      seenAt((seen, second) => ({ ...seen, inService: second < 60 ? 0 : 2, tasks: [] }));
      await scene.perform(warm);
      passedAbout(60, beganMs);
    });

    it("gives up, with the cause, on tasks that end again and again", async () => {
      const beganMs = scene.clock.nowMs;
      const exits = (count: number) =>
        Array.from({ length: count }, (_, id) => ({ id: `${id}`, reason: "exited (exit code 1)" }));
      seenAt((seen, second) => ({ ...unhealthy(seen), failedTasks: exits(Math.floor(second / 10)) }));
      const { message, detail } = await fails();
      assert.equal(message, "users green did not come up: task failed: exited (exit code 1) (6 times)");
      assert.equal(detail, "users is not up: its tasks ended 6 times");
      passedAbout(60, beganMs);
    });

    it("gives up on a launch that fails, but not on one of an earlier run", async () => {
      const beganMs = scene.clock.nowMs;
      const earlier = { reason: "the key is disabled", startedMs: beganMs - 60_000 };
      const launch = { reason: "the quota is used up", startedMs: beganMs + 30_000 };
      scene.look = (_, seen) => ({
        ...unhealthy(seen),
        failedActivities: scene.clock.nowMs < launch.startedMs ? [earlier] : [launch, earlier],
      });
      const { message, detail } = await fails();
      assert.include(message, "launch failed: the quota is used up");
      assert.equal(detail, "users is not up: 1 instance could not be launched");
      passedAbout(30, beganMs);
    });

    it("until the limit of the settings", async () => {
      scene = new Scene(live({ active: "blue", blue: ["v1", 2], green: null }), {
        healthyWithinSeconds: 300,
      });
      seenAt((seen) => unhealthy(seen));
      const { message, detail } = await fails();
      assert.equal(message, "users green did not come up: target is: unhealthy, 503 (2 times)");
      assert.match(detail, /\(after 300 s\)$/);
    });

    it("no longer than the run goes on", async () => {
      seenAt((seen, second) => {
        if (second >= 50) scene.abort.abort(new StepFailed("stopped"));
        return unhealthy(seen);
      });
      const beganMs = scene.clock.nowMs;
      assert.equal((await fails()).message, "stopped");
      passedAbout(50, beganMs);
    });

    it("while AWS does not answer", async () => {
      let looks = 0;
      scene.look = (_, seen) => {
        if (++looks <= 4) throw Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
        return seen;
      };
      await scene.perform(warm);
      assert.isAbove(looks, 4);
    });

    it("also if nobody could look before the `up`, which nothing may outlive", async () => {
      let looks = 0;
      scene.look = (_, seen) => {
        if (++looks === 1) throw new Error("AccessDenied");
        return seen;
      };
      const { detail } = await scene.perform(warm);
      assert.equal(detail, "users green runs v2 on 2 instances");
    });

    it("on the way back for half of them, when the others do not come within ten seconds more", async () => {
      const beganMs = scene.clock.nowMs;
      seenAt((seen, second) => unhealthy(seen, second < 60 ? 2 : 1));
      await scene.perform(warm, { state: { ...scene.state(), direction: "back" } });
      passedAbout(70, beganMs);
    });
  });
});
