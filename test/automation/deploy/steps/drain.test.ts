import { assert } from "chai";
import { drain } from "../../../../automation/deploy/steps/drain";
import { Scene } from "../scene";
import { live, release } from "../worlds";

describe("drain", () => {
  for (const drainSeconds of [0, 1, 80, 3600]) {
    it(`waits exactly ${drainSeconds} s, and says so`, async () => {
      const scene = new Scene(live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }), { drainSeconds });
      const startedMs = scene.clock.nowMs;
      const { state } = await scene.perform(drain);
      scene.close();
      assert.equal(scene.clock.nowMs - startedMs, drainSeconds * 1000);
      assert.equal(scene.event("waited").seconds, drainSeconds);
      assert.isTrue(state.progress.done.drain!.includes(release("v1").image), "the old colour's image is quiet");
    });
  }
});
