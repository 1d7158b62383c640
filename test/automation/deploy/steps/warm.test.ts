import { assert } from "chai";
import { warm } from "../../../../automation/deploy/steps/warm";
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
    ["streams that are cut at once", { kind: "api", streams: { within: "0s" } }],
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
});
