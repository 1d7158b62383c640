import { assert } from "chai";
import { StepFailed } from "../../../../automation/core/errors";
import { verify } from "../../../../automation/deploy/steps/verify";
import type { ColourObservation } from "../../../../automation/ports/observer";
import { Scene } from "../scene";
import { live } from "../worlds";

const STATE = live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] });

describe("verify step", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  const run = () => scene.perform(verify);
  async function fails(): Promise<StepFailed> {
    const error = await run().then(
      () => assert.fail("it passed"),
      (failure: unknown) => failure,
    );
    assert.instanceOf(error, StepFailed);
    return error as StepFailed;
  }

  describe("of a worker", () => {
    beforeEach(() => {
      scene = new Scene(STATE, { services: { users: { kind: "worker" } } });
    });

    const seconds = () => (scene.clock.nowMs - new Scene(STATE).clock.nowMs) / 1000;
    /** Changes what is seen of the idle colour by the seconds that have passed. */
    const seenAt = (change: (seen: ColourObservation, second: number) => ColourObservation) => {
      scene.look = (cluster, seen) => (cluster === "users-green" ? change(seen, seconds()) : seen);
    };
    /** The first task ends every so many seconds, and another one takes its place. */
    const restartedEvery = (period: number, until = Number.POSITIVE_INFINITY) =>
      seenAt((seen, second) => {
        const life = Math.floor(Math.min(second, until) / period);
        const failedTasks = Array.from({ length: life }, (_, index) => ({
          id: `life-${index}`,
          reason: "Essential container in task exited (exit code 1)",
        }));
        const [first, ...others] = seen.tasks;
        return { ...seen, tasks: [{ ...first!, id: `life-${life}` }, ...others], failedTasks };
      });

    /** The steps look every few seconds. */
    const passedAbout = (wanted: number) =>
      assert.isTrue(seconds() >= wanted && seconds() < wanted + 20, `${seconds()} s`);

    it("passes once the same tasks ran for the time that was asked for, and asks no questions", async () => {
      const { detail } = await run();
      passedAbout(30);
      assert.equal(detail, "2 of 2 tasks of users v2 ran steadily for 30 s");
      assert.equal(scene.event("waited").seconds, seconds());
      assert.deepEqual(scene.heard, []);
      const said = scene.events.flatMap((event) => (event.type === "progress" ? [event.message] : []));
      assert.match(said.at(-1) ?? "", /^users is not steady: the same tasks run for 2\d of 30 s$/);
    });

    it("calls no release one to go back to where its schedule has lowered the minimum of what is warm", async () => {
      scene.close();
      const size = { min: 1, max: 4, schedule: [{ from: "08:00", to: "20:00", min: 2 }] };
      scene = new Scene(STATE, { services: { users: { kind: "worker", size } } });
      seenAt((seen) => ({ ...seen, tasks: seen.tasks.slice(1), inService: 1, minimum: 1 }));
      assert.notMatch((await run()).detail, /goes back/);
      assert.isFalse(scene.events.some(({ type }) => type === "notice"));
    });

    it("waits for tasks to come up: an `up` does not", async () => {
      seenAt((seen, second) => (second < 100 ? { ...seen, tasks: [] } : seen));
      await run();
      passedAbout(130);
    });

    /** Until that second an instance of the idle colour boots, or pulls the image: its task does not run yet. */
    const startsUntil = (ready: number) =>
      seenAt((seen, second) =>
        second < ready
          ? { ...seen, tasks: [], instances: seen.instances.map((one) => ({ ...one, isStarting: true })) }
          : seen,
      );

    it("waits for as long as an instance starts: a large image takes minutes to pull", async () => {
      startsUntil(500);
      await run();
      passedAbout(530);
    });

    it("gives up on instances that never start", async () => {
      startsUntil(3_600);
      assert.match((await fails()).message, /0 of 2 tasks run .*\(after 12\d\d s\)/);
    });

    it("counts from the last task that was replaced", async () => {
      restartedEvery(20, 40);
      await run();
      passedAbout(70);
    });

    it("gives up, with the cause, when tasks end again and again (C8)", async () => {
      restartedEvery(10);
      const { message, detail } = await fails();
      assert.equal(
        message,
        "users green did not come up: task failed: Essential container in task exited (exit code 1) (6 times)",
      );
      assert.match(detail, /^users is not steady: its tasks ended 6 times$/);
      passedAbout(60);
    });

    it("does not count tasks that failed before", async () => {
      const failedTasks = Array.from({ length: 20 }, (_, index) => ({ id: `old-${index}`, reason: "broken" }));
      seenAt((seen) => ({ ...seen, failedTasks }));
      await run();
      passedAbout(30);
    });

    it("ends at its limit when tasks are replaced without failing", async () => {
      seenAt((seen, second) => ({
        ...seen,
        tasks: seen.tasks.map((task) => ({ ...task, id: `${task.id}-${Math.floor(second / 20)}` })),
      }));
      const { message } = await fails();
      assert.match(
        message,
        /^users is not steady: the same tasks run for 1?\d of 30 s; tasks ended or were replaced 1\d times \(after 330 s\)$/,
      );
    });

    it("refuses another image", async () => {
      seenAt((seen) => ({
        ...seen,
        tasks: seen.tasks.map((task) => ({ ...task, digests: { users: "sha256:other" } })),
      }));
      assert.match((await fails()).message, /the task on i-green-1 runs sha256:other, wanted sha256:/);
    });

    describe("on the way back", () => {
      const back = () => scene.perform(verify, { state: { ...scene.state(), direction: "back" } });

      it("half of it is enough after ten seconds if it runs steadily, and it says what is missing", async () => {
        seenAt((seen) => ({ ...seen, tasks: seen.tasks.slice(1) }));
        const { detail } = await back();
        assert.match(detail, /^production goes back to a part of users: 1 of 2 tasks run /);
        assert.equal(scene.event("notice").message, detail);
        passedAbout(40);
      });

      it("does not wait for the other half, which ends again and again", async () => {
        seenAt((seen, second) => {
          const isUp = Math.floor(second / 3) % 2 === 0;
          const failedTasks = Array.from({ length: Math.floor(second / 6) }, (_, index) => ({
            id: `life-${index}`,
            reason: "Essential container in task exited (exit code 1)",
          }));
          const [one, other] = seen.tasks;
          const failing = { ...other!, id: `life-${failedTasks.length}` };
          return { ...seen, tasks: isUp ? [one!, failing] : [one!], failedTasks };
        });
        const { detail } = await back();
        assert.isBelow(seconds(), 60);
        assert.match(detail, /^production goes back to a part of users: 1 of 2 tasks /);
      });

      it("half that does not run steadily is not enough", async () => {
        restartedEvery(10);
        scene.look = ((whole) => (cluster: string, seen: ColourObservation) => {
          const looked = whole(cluster, seen);
          return { ...looked, tasks: looked.tasks.slice(0, 1) };
        })(scene.look);
        assert.match((await back().catch((error: StepFailed) => error)).detail, /its tasks ended 6 times/);
      });
    });
  });

  describe("while AWS does not answer", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:40001"), { code: "ECONNREFUSED" });

    it("looks again, and passes when it does", async () => {
      scene = new Scene(STATE);
      let looks = 0;
      scene.look = (_, seen) => {
        if (++looks <= 3) throw refused;
        return seen;
      };
      await run();
      assert.isAbove(looks, 3);
      const said = scene.events.flatMap((event) => (event.type === "progress" ? [event.message] : []));
      assert.include(said, "users is not up: AWS does not answer: connect ECONNREFUSED 127.0.0.1:40001");
    });

    it("fails at its limit with that, although nobody can say what the cause is", async () => {
      scene = new Scene(STATE);
      scene.look = () => {
        throw refused;
      };
      assert.equal(
        (await fails()).message,
        "users is not up: AWS does not answer: connect ECONNREFUSED 127.0.0.1:40001 (after 150 s)",
      );
    });
  });

  describe("on the way back, of a colour that is not whole", () => {
    const ill = (count: number) => (_: string, seen: ColourObservation) => ({
      ...seen,
      targets: seen.targets.map((target) =>
        Number(target.instanceId.split("-").at(-1)) <= count
          ? { ...target, state: "unhealthy", reason: "503" }
          : target,
      ),
    });
    const back = () => scene.perform(verify, { state: { ...scene.state(), direction: "back" } });

    it("half of it is enough after ten seconds, and it says what is missing", async () => {
      scene = new Scene(STATE);
      const beganMs = scene.clock.nowMs;
      scene.look = ill(1);
      const { detail } = await back();
      assert.match(detail, /^production goes back to a part of users: 1 of 2 targets are healthy in users-green-/);
      assert.equal(scene.event("notice").message, detail);
      assert.isAtLeast(scene.clock.nowMs - beganMs, 10_000);
      assert.isBelow(scene.clock.nowMs - beganMs, 20_000);
    });

    it("less than half is not, and neither is half of a new release", async () => {
      scene = new Scene(live({ active: "blue", blue: ["v1", 3], green: ["v2", 3] }));
      scene.look = ill(2);
      const refused = await back().catch((error: Error) => error);
      assert.instanceOf(refused, StepFailed);
      scene.look = ill(1);
      assert.match((await fails()).detail, /2 of 3 targets are healthy/);
    });
  });

  describe("of an api to which instances were added, for which an `up` does not wait", () => {
    /** The second instance boots for so long; then it is healthy. */
    const bootsFor = (seconds: number) => {
      scene = new Scene(STATE, { services: { users: { size: { min: 1, max: 4 } } } });
      const beganMs = scene.clock.nowMs;
      const coming = (id: string) => id === "i-green-2" && scene.clock.nowMs - beganMs < seconds * 1000;
      scene.look = (_, seen) => ({
        ...seen,
        targets: seen.targets.map((target) =>
          coming(target.instanceId) ? { ...target, state: "unhealthy", reason: "timeout" } : target,
        ),
        instances: seen.instances.map((one) => (coming(one.id) ? { ...one, agent: "none", isStarting: true } : one)),
      });
    };

    it("waits for as long as one of them boots", async () => {
      bootsFor(400);
      assert.match((await run()).detail, /2 of 2 green targets healthy/);
    });

    it("gives up on one that never comes", async () => {
      bootsFor(3_600);
      const { message, detail } = await fails();
      assert.match(`${message} ${detail}`, /1 of 2 targets are healthy .*\(after 10\d\d s\)/);
    });
  });

  it("of an internal api goes by its targets: nobody outside can ask it", async () => {
    scene = new Scene(STATE, { services: { users: { exposure: ["internal"] } } });
    const { detail } = await run();
    assert.equal(detail, "users v2 has 2 of 2 green targets healthy with its digest");
    assert.deepEqual(scene.heard, []);
    scene.look = (_, seen) => ({ ...seen, targets: seen.targets.slice(1) });
    assert.match(
      (await fails()).detail || (await fails()).message,
      /1 of 2 targets are healthy in users-green-on-internal-blue/,
    );
  });

  it("of an api on both edges asks the public one, and looks at the targets of both", async () => {
    scene = new Scene(STATE, { services: { users: { exposure: ["public", "internal"] } } });
    await run();
    assert.isNotEmpty(scene.heard);
    assert.isTrue(scene.heard.every(({ url }) => !url.includes("internal")));
    scene.look = (_, seen) => ({
      ...seen,
      targets: seen.targets.map((target) =>
        target.targetGroup.endsWith("on-internal-green") ? { ...target, state: "unhealthy", reason: "404" } : target,
      ),
    });
    assert.match((await fails()).detail, /0 of 2 targets are healthy in users-green-on-internal-green/);
  });
});
