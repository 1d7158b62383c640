import { assert } from "chai";
import { drain } from "../../../../automation/deploy/steps/drain";
import { readableWindow } from "../../../../automation/observe/analysis/periods";
import { releaseKey } from "../../../../components/live/release";
import { parseSettings } from "../../../../components/settings/settings";
import { Scene } from "../scene";
import { live, release, together } from "../worlds";

describe("drain", () => {
  for (const drainSeconds of [0, 1, 80, 3600]) {
    it(`without a cap waits exactly ${drainSeconds} s, and says so`, async () => {
      const scene = new Scene(live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }), { drainSeconds });
      const startedMs = scene.clock.nowMs;
      const { state } = await scene.perform(drain);
      scene.close();
      assert.equal(scene.clock.nowMs - startedMs, drainSeconds * 1000);
      assert.equal(scene.event("waited").seconds, drainSeconds);
      assert.isTrue(
        state.progress.done.drain!.includes(releaseKey(release("v1"))),
        "the old colour's image has no traffic",
      );
    });
  }

  /** Seconds from the cutover until a drain with default settings ends, if the old colour gets requests for so long. */
  async function drainSecondsWhile(busySeconds: number): Promise<number> {
    const drainCapSeconds = parseSettings({ domain: "example.jp", services: { users: { kind: "api" } } }).deploy
      .drainCapSeconds;
    const scene = new Scene(live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }), { drainCapSeconds });
    const startedMs = scene.clock.nowMs;
    scene.count = (cluster, startMs) => {
      const isBusy = cluster.endsWith("green") || startMs < startedMs + busySeconds * 1000;
      return { requests: isBusy ? 3 : 0, errors: 0, responseSeconds: 0.02 };
    };
    await scene.perform(drain);
    scene.close();
    return (scene.clock.nowMs - startedMs) / 1000;
  }

  it("by default goes on with rules, too, until the old colour got no request for a whole minute, at most 300 s", async () => {
    // Nodes of the load balancers that still follow the old rules (aws-rules E24). Metrics lag a minute behind.
    assert.isAtMost(await drainSecondsWhile(0), 80 + 120);
    const late = await drainSecondsWhile(120);
    assert.isAtLeast(late, 120 + 60);
    assert.isBelow(late, 300);
    assert.equal(await drainSecondsWhile(Number.POSITIVE_INFINITY), 300);
  });

  it("at the cap keeps the old colour of the service that is busy, and of no other", async () => {
    const sketch: Parameters<typeof live>[0] = { active: "green", blue: ["v1", 2], green: ["v2", 2] };
    const start = together(live(sketch), live(sketch, { service: "doodle" }));
    const scene = new Scene(start, { drainCapSeconds: 300, atDrainCap: "keep" });
    scene.count = (cluster) => ({
      requests: cluster === "doodle-blue" ? 0 : 3,
      errors: 0,
      responseSeconds: 0.02,
    });
    const { state, detail } = await scene.perform(drain, { services: ["users", "doodle"] });
    scene.close();
    assert.deepEqual(state.progress.kept, [releaseKey(release("v1", "users"))]);
    assert.match(
      detail,
      /^users blue still got 3 requests in the newest period at the cap of 300 s: the old colour keeps running/,
    );
  });

  describe("when the cap has passed before it begins, such as in a long bake or before a resume", () => {
    const start = live({ active: "green", blue: ["v1", 2], green: ["v2", 2] });

    /** @param count requests of the old colour in the period that starts then */
    async function late(agoSeconds: number, count: (startMs: number) => number, settings: object = {}) {
      const scene = new Scene(start, { drainCapSeconds: 300, atDrainCap: "keep", ...settings });
      const routedAtMs = scene.clock.nowMs - agoSeconds * 1000;
      scene.count = (cluster, startMs) => {
        const requests = cluster === "users-blue" ? count(startMs) : startMs >= routedAtMs ? 3 : 0;
        return { requests, errors: 0, responseSeconds: 0.02 };
      };
      const state = scene.state();
      const { state: next, detail } = await scene.perform(drain, {
        state: { ...state, progress: { ...state.progress, routedAtMs } },
      });
      scene.close();
      return { kept: next.progress.kept, detail };
    }

    for (const agoSeconds of [300, 360, 86_400])
      it(`looks once after ${agoSeconds} s, and keeps a colour that gets requests`, async () => {
        const { kept, detail } = await late(agoSeconds, () => 3);
        assert.deepEqual(kept, [releaseKey(release("v1", "users"))]);
        assert.match(detail, /^users blue still got 3 requests in the newest period at the cap of 300 s/);
      });

    it("stops one that has no traffic, and says so", async () => {
      const { kept, detail } = await late(360, () => 0);
      assert.deepEqual(kept, []);
      assert.equal(detail, "80 s after the records were in sync, and the old colour has no traffic");
    });

    it("keeps one of which nothing can be read yet", async () => {
      const { kept, detail } = await late(60, () => 3, { drainSeconds: 0, drainCapSeconds: 30 });
      assert.deepEqual(kept, [releaseKey(release("v1", "users"))]);
      assert.match(detail, /^no whole period of users blue can be read yet at the cap of 30 s/);
    });

    it("says what the newest period with counts had, where those of the last one are late", async () => {
      const scene = new Scene(start, { drainCapSeconds: 300 });
      const routedAtMs = scene.clock.nowMs - 360_000;
      const lastMs = readableWindow(routedAtMs, scene.clock.nowMs, 60).toMs - 60_000;
      scene.count = (cluster, startMs) => {
        const requests = startMs >= lastMs ? 0 : cluster === "users-blue" ? 1 : 5;
        return { requests, errors: 0, responseSeconds: 0.02 };
      };
      const state = scene.state();
      const { detail } = await scene.perform(drain, {
        state: { ...state, progress: { ...state.progress, routedAtMs } },
      });
      scene.close();
      assert.match(detail, /^users blue still got 1 request in the newest period at the cap of 300 s/);
    });

    for (const drainCapSeconds of [60, 80])
      it(`looks once, too, with a cap of ${drainCapSeconds} s, which is not above the drain's own time`, async () => {
        const { kept, detail } = await late(360, () => 3, { drainCapSeconds });
        assert.deepEqual(kept, [releaseKey(release("v1", "users"))]);
        assert.match(detail, /^users blue still got 3 requests in the newest period at the cap of 80 s/);
      });

    it("does not look without a cap", async () => {
      const { kept, detail } = await late(360, () => 3, { drainCapSeconds: 0 });
      assert.deepEqual([kept, detail], [[], "80 s after the records were in sync"]);
    });
  });
});
