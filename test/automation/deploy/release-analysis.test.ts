import { assert } from "chai";
import { type DeployFailed, Stopped } from "../../../automation/core/errors";
import { Scene, sizes } from "./scene";
import { live } from "./worlds";

const BACK_ON_V1 = "production is back on users v1, the idle colour is back at 0";

describe("watching a new release", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  const isBack = () => assert.equal(sizes(scene.stack.current!.live), "blue 2 (active), green 0");
  const step = () => scene.steps().at(-1);

  describe("in the bake", () => {
    const table: { title: string; harm: () => void; reason: RegExp }[] = [
      {
        title: "an alarm that fires",
        harm: () => scene.alarms.set("errors", "ALARM"),
        reason: /errors/,
      },
      {
        title: "an alarm that nobody can read",
        harm: () => scene.alarms.set("errors", "unreadable"),
        reason: /errors/,
      },
      {
        title: "answers with 5xx",
        harm: () => {
          scene.count = (cluster) => ({
            requests: 600,
            errors: cluster === "users-green" ? 30 : 0,
            responseSeconds: 0.02,
          });
        },
        reason: /^users: 5.* % of .* requests got a 5xx or no response/,
      },
      {
        title: "slow answers",
        harm: () => {
          scene.count = (cluster) => ({
            requests: 600,
            errors: 0,
            responseSeconds: cluster === "users-green" ? 0.5 : 0.02,
          });
        },
        reason: /500 ms/,
      },
      {
        title: "targets that are not healthy any more",
        harm: () => {
          scene.look = (cluster, seen) =>
            cluster === "users-green" && step() === "bake"
              ? { ...seen, targets: seen.targets.map((target) => ({ ...target, state: "unhealthy", reason: "500" })) }
              : seen;
        },
        reason: /unhealthy: 500/,
      },
    ];
    for (const { title, harm, reason } of table) {
      it(`${title} takes production back by itself`, async () => {
        scene = new Scene(undefined, { bakeSeconds: 300, alarms: ["errors"] });
        scene.stack.onUp = (number) => number === 2 && harm();
        const error = (await scene.deploy()) as DeployFailed;
        assert.equal(error.step, "bake");
        assert.match(error.cause.message, reason);
        assert.equal(error.production, BACK_ON_V1);
        assert.deepEqual(scene.steps().slice(-6), ["bake", "verify", "cutover", "confirm", "drain", "coolDown"]);
        isBack();
      });
    }

    it("nothing wrong: the drain counts from the cutover, as the bake does", async () => {
      scene = new Scene(undefined, { bakeSeconds: 180, drainSeconds: 200 });
      const startedMs = scene.clock.nowMs;
      assert.isNull(await scene.deploy());
      assert.equal(scene.clock.nowMs - startedMs, 3_000 + 200_000, "three ups, and the longer of both");
    });
  });

  describe("a clock that is wrong", () => {
    it("refuses the deploy, which would read metrics of the wrong minutes, and no rollback", async () => {
      scene = new Scene();
      assert.isNull(await scene.deploy());
      scene.clockAheadMs = -6 * 60_000;
      const asked = scene.stack.asked.length;
      const error = (await scene.deploy("v1")) as DeployFailed;
      assert.equal(error.step, "preflight");
      assert.match(error.cause.message, /^this machine's clock is 6 min behind AWS's, so a deploy would read metrics /);
      assert.lengthOf(scene.stack.asked, asked);
      assert.isNull(await scene.rollback(["users"]));
    });
  });

  describe("alarms at the start", () => {
    it("that fire refuse the deploy", async () => {
      scene = new Scene(undefined, { alarms: ["errors", "latency"] });
      scene.alarms.set("latency", "ALARM");
      const error = (await scene.deploy()) as DeployFailed;
      assert.equal(error.step, "preflight");
      assert.match(error.cause.message, /^the alarm latency fires \(as told\): .*--despite-alarms "REASON"$/);
      assert.deepEqual(scene.stack.asked, []);
    });

    it("are taken no notice of with --despite-alarms, the others are", async () => {
      scene = new Scene(undefined, { alarms: ["errors", "latency"], bakeSeconds: 300 });
      scene.despiteAlarms = true;
      scene.alarms.set("latency", "ALARM");
      assert.isNull(await scene.deploy());
      scene.images.add("v3");
      scene.stack.onUp = (number) => number === 5 && scene.alarms.set("errors", "ALARM");
      const error = (await scene.deploy("v3")) as DeployFailed;
      assert.equal(error.step, "bake");
      assert.match(error.cause.message, /errors/);
      assert.notMatch(error.cause.message, /latency/);
    });
  });

  describe("production that is not healthy at the start", () => {
    /** The old release answers with 500 and fails its health checks, all the time. */
    function unhealthyRelease(settings = {}): void {
      scene = new Scene(undefined, settings);
      scene.look = (cluster, seen) =>
        cluster === "users-blue"
          ? { ...seen, targets: seen.targets.map((target) => ({ ...target, state: "unhealthy", reason: "500" })) }
          : seen;
      scene.hear = (_, answer) => (answer.release === "v1" ? { ...answer, status: 500 } : answer);
    }

    /** The cure is deployed all the same, and fails 5 % of production's requests. */
    function failingCure(settings: object): void {
      unhealthyRelease(settings);
      scene.despiteUnhealthy = true;
      scene.count = (cluster) => ({
        requests: 600,
        errors: cluster === "users-green" ? 30 : 0,
        responseSeconds: 0.02,
      });
    }

    it("refuses the deploy, and says how the cure is deployed", async () => {
      unhealthyRelease();
      const error = (await scene.deploy()) as DeployFailed;
      assert.equal(error.step, "preflight");
      assert.match(
        error.cause.message,
        /^production is not healthy now, .*unhealthy: 500.*; see to it, or bring the cure with --despite-unhealthy "REASON"$/,
      );
      assert.deepEqual(scene.stack.asked, []);
    });

    it("is taken no notice of with --despite-unhealthy, but the new release is", async () => {
      unhealthyRelease();
      scene.despiteUnhealthy = true;
      assert.isNull(await scene.deploy());
      assert.equal(sizes(scene.stack.current!.live), "blue 0, green 2 (active)");
      const details = scene.events.flatMap((event) => (event.type === "stepEnded" ? [event.detail] : []));
      assert.match(details[0]!, /^users not healthy in production, users v2 is sha256:/);
      const unwell = "users-green";
      scene.images.add("v3");
      scene.look = (cluster, seen) => (cluster === unwell ? seen : { ...seen, targets: [] });
      const error = (await scene.deploy("v3")) as DeployFailed;
      assert.equal(error.step, "warm");
    });

    it("is not what a cure that fails in production goes back to by itself", async () => {
      failingCure({ bakeSeconds: 300 });
      const error = (await scene.deploy()) as DeployFailed;
      assert.equal(error.step, "bake");
      assert.equal(
        error.production,
        "production is on the new release; the old colour still runs, and users was not healthy before: `resume` goes on, `abort` goes back",
      );
      assert.equal(sizes(scene.stack.current!.live), "blue 2, green 2 (active)");
    });

    it("is not what a cure that fails in its ramp goes back to by itself, either", async () => {
      failingCure({ ramp: [10] });
      const error = (await scene.deploy()) as DeployFailed;
      assert.equal(error.step, "ramp");
      assert.equal(error.outcome, "left");
      assert.equal(scene.stack.current!.live.services.users!.idleShare, 10);
    });

    it("is taken no notice of by the process that goes on, either", async () => {
      unhealthyRelease();
      scene.despiteUnhealthy = true;
      scene.keep = true;
      scene.stack.onUp = (number) => number === 1 && scene.abort.abort(new Stopped("SIGTERM"));
      assert.equal(((await scene.deploy()) as DeployFailed).step, "warm");
      scene.stack.onUp = () => {};
      scene.abort = new AbortController();
      scene.despiteUnhealthy = false;
      assert.isNull(await scene.resume());
      assert.equal(sizes(scene.stack.current!.live), "blue 0, green 2 (active)");
    });
  });

  describe("probes", () => {
    const settings = { bakeSeconds: 300, probes: ["/users?limit=1"] };
    const URL = "https://users.example.jp/users?limit=1";
    const BAD = { kind: "answered", status: 500, seconds: 0.02 } as const;
    const detailOf = (name: string) =>
      scene.events.flatMap((event) => (event.type === "stepEnded" && event.step === name ? [event.detail] : []));

    it("that are answered well are in the bake's last words", async () => {
      scene = new Scene(undefined, settings);
      assert.isNull(await scene.deploy());
      assert.match(detailOf("bake")[0]!, /^300 s since the cutover: users .*; 1 probe answered \d+ times$/);
      assert.deepEqual([...new Set(scene.probed)], [URL]);
    });

    it("that fail after the cutover take production back by itself", async () => {
      scene = new Scene(undefined, settings);
      scene.stack.onUp = (number) => {
        if (number === 2) scene.answerProbe = () => BAD;
      };
      const error = (await scene.deploy()) as DeployFailed;
      assert.equal(error.step, "bake");
      assert.equal(error.cause.message, "users: GET /users?limit=1 answered 500 twice");
      assert.equal(error.production, BACK_ON_V1);
      isBack();
    });

    it("that fail before it refuse the deploy as unhealthy targets do", async () => {
      scene = new Scene(undefined, settings);
      scene.answerProbe = () => BAD;
      const error = (await scene.deploy()) as DeployFailed;
      assert.equal(error.step, "preflight");
      assert.equal(
        error.cause.message,
        'production is not healthy now, so a deploy could not tell what it broke: users blue: GET /users?limit=1 answered 500 twice (idle is green); see to it, or bring the cure with --despite-unhealthy "REASON"',
      );
      assert.deepEqual(scene.stack.asked, []);
    });

    it("that failed before prove nothing afterwards: nobody asks with --despite-unhealthy", async () => {
      scene = new Scene(undefined, settings);
      scene.answerProbe = () => BAD;
      scene.despiteUnhealthy = true;
      assert.isNull(await scene.deploy());
      assert.match(detailOf("preflight")[0]!, /^users not healthy in production/);
      assert.lengthOf(scene.probed, 2);
    });

    it("that reach nobody are no evidence, and that is said", async () => {
      scene = new Scene(undefined, settings);
      scene.answerProbe = () => ({ kind: "unreached", reason: "connect ETIMEDOUT" });
      assert.isNull(await scene.deploy());
      assert.match(
        detailOf("preflight")[0]!,
        /^production healthy, .*; probes of users got no answer \(connect ETIMEDOUT\)$/,
      );
      assert.match(detailOf("bake")[0]!, /; 1 probe got no answer \(connect ETIMEDOUT\)$/);
    });

    it("are not asked in a ramp, where either release may answer", async () => {
      scene = new Scene(undefined, { ...settings, bakeSeconds: 0, ramp: [10] });
      assert.isNull(await scene.deploy());
      assert.lengthOf(scene.probed, 1, "by preflight");
    });

    it("are not asked before there is a release, nor on a rollback", async () => {
      scene = new Scene(live({ active: "blue", blue: null, green: null }), settings);
      assert.isNull(await scene.deploy("v1"));
      assert.deepEqual(scene.probed, []);
      assert.isNull(await scene.deploy("v2"));
      scene.probed.length = 0;
      assert.isNull(await scene.rollback());
      assert.deepEqual(scene.probed, []);
    });
  });

  describe("in a ramp", () => {
    const settings = { ramp: [1, 10, 50], rampPauseSeconds: 300 };

    it("gives share after share, then all", async () => {
      scene = new Scene(undefined, settings);
      assert.isNull(await scene.deploy());
      assert.deepEqual(
        scene.stack.asked.map(({ services }) => services.users!.idleShare ?? services.users!.active),
        ["blue", 1, 10, 50, "green", "green"],
      );
    });

    it("the old colour keeps the instances that it has, because it may get all requests back", async () => {
      scene = new Scene(undefined, { ...settings, size: { min: 2, max: 10 } });
      scene.look = (cluster, seen) => (cluster === "users-blue" ? { ...seen, inService: 6 } : seen);
      assert.isNull(await scene.deploy());
      assert.deepEqual(
        scene.stack.asked.map(({ services }) => services.users!.colours.blue.size),
        [2, 6, 6, 6, 6, 0],
      );
    });

    it("errors of the share lead production wholly back", async () => {
      scene = new Scene(undefined, settings);
      scene.count = (cluster) => ({
        requests: 600,
        errors: cluster === "users-green" && scene.stack.current!.live.services.users!.idleShare === 10 ? 60 : 0,
        responseSeconds: 0.02,
      });
      const error = (await scene.deploy()) as DeployFailed;
      assert.equal(error.step, "ramp");
      assert.equal(error.production, BACK_ON_V1);
      assert.deepEqual(scene.steps().slice(-4), ["cutover", "confirm", "drain", "coolDown"]);
      assert.isUndefined(scene.stack.current!.live.services.users!.idleShare);
      isBack();
    });
  });

  describe("in the drain", () => {
    const unhealthy = { state: "unhealthy", reason: "500" };
    /** From the drain's n-th look at the new colour on. */
    const sickFrom = (first: number, until = Number.POSITIVE_INFINITY) => {
      let looks = 0;
      scene.look = (cluster, seen) => {
        if (cluster !== "users-green" || step() !== "drain") return seen;
        looks++;
        return looks < first || looks >= until
          ? seen
          : { ...seen, targets: seen.targets.map((target) => ({ ...target, ...unhealthy })) };
      };
    };

    for (const [what, first] of [
      ["a new colour that becomes unhealthy", 3],
      ["one that does so at the very end, looked at once more,", 17],
    ] as const)
      it(`${what} takes production back: the old one is warm still`, async () => {
        scene = new Scene();
        sickFrom(first);
        const error = (await scene.deploy()) as DeployFailed;
        assert.equal(error.step, "drain");
        assert.match(error.cause.message, /^users: 0 of 2 targets are healthy/);
        assert.equal(error.production, BACK_ON_V1);
        isBack();
      });

    it("one failed check proves nothing, and neither does a check without an answer", async () => {
      scene = new Scene();
      sickFrom(3, 4);
      assert.isNull(await scene.deploy());
      scene.images.add("v3");
      scene.look = (_, seen) => {
        if (step() === "drain") throw Object.assign(new Error("Rate exceeded"), { name: "ThrottlingException" });
        return seen;
      };
      assert.isNull(await scene.deploy("v3"));
    });

    it("on the way back nobody looks: there is nothing better to turn to", async () => {
      scene = new Scene();
      await scene.deploy();
      scene.look = (cluster, seen) =>
        cluster === "users-blue" && step() === "drain" ? { ...seen, targets: [] } : seen;
      assert.isNull(await scene.rollback());
    });
  });

  describe("the drain by evidence", () => {
    const busyUntil = (atMs: number) => {
      scene.count = (cluster, startMs) => ({
        requests: cluster === `users-${scene.stack.current!.live.services.users!.active}` || startMs < atMs ? 7 : 0,
        errors: 0,
        responseSeconds: 0.02,
      });
    };
    const drained = () =>
      scene.events.flatMap((event) => (event.type === "stepEnded" && event.step === "drain" ? [event.detail] : []));
    const flipped = () => live({ active: "green", blue: ["v1", 2], green: ["v2", 2] });

    it("goes on until the old colour got no request for a whole period", async () => {
      scene = new Scene(undefined, { cutover: "dns" });
      busyUntil(scene.clock.nowMs + 150_000);
      assert.isNull(await scene.deploy());
      assert.deepEqual(drained(), ["80 s after the records were in sync, and the old colour has no traffic"]);
      assert.equal(sizes(scene.stack.current!.live), "blue 0, green 2 (active)");
    });

    it("ends at the cap: the old colour stops all the same, and that is said", async () => {
      scene = new Scene(undefined, { cutover: "dns" });
      busyUntil(Number.POSITIVE_INFINITY);
      assert.isNull(await scene.deploy());
      assert.deepEqual(drained(), [
        "users blue still got 7 requests in the newest period at the cap of 300 s: it is stopped all the same",
      ]);
      assert.equal(sizes(scene.stack.current!.live), "blue 0, green 2 (active)");
    });

    it("with atDrainCap: keep the old colour keeps running, and the next deploy of the service stops it", async () => {
      scene = new Scene(undefined, { cutover: "dns", atDrainCap: "keep" });
      busyUntil(Number.POSITIVE_INFINITY);
      assert.isNull(await scene.deploy());
      assert.deepEqual(drained(), [
        "users blue still got 7 requests in the newest period at the cap of 300 s: the old colour keeps running; the next deploy of the service stops it",
      ]);
      assert.deepEqual(scene.stack.current!.live.services, flipped().services);
      scene.images.add("v3");
      busyUntil(0);
      scene.events.length = 0;
      assert.isNull(await scene.deploy("v3"));
      assert.deepEqual(scene.steps().slice(0, 4), ["preflight", "drain", "retire", "warm"]);
      assert.equal(sizes(scene.stack.current!.live), "blue 2 (active), green 0");
    });
  });
});
