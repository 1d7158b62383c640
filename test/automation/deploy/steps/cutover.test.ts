import { assert } from "chai";
import { cutover } from "../../../../automation/deploy/steps/cutover";
import type { ProductionRule } from "../../../../automation/ports/traffic-switch";
import type { Live } from "../../../../components/live/live";
import { Scene } from "../scene";
import { live, together } from "../worlds";

const WARM = live({ active: "blue", blue: ["v1", 2], green: ["v2", 2] });
const FLIPPED = live({ active: "green", blue: ["v1", 2], green: ["v2", 2] });
const RAMPED: Live = { ...WARM, services: { users: { ...WARM.services.users!, idleShare: 10 } } };

describe("cutover step", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  /** What was done, in order. */
  async function done(
    start: Live,
    wanted: string,
    direction: "forward" | "back",
    settings: object = {},
  ): Promise<string[]> {
    scene = new Scene(start, settings);
    const said: string[] = [];
    scene.trafficSwitch.route = async (rule) => void said.push(wordsOf(rule));
    scene.stack.onUp = () => said.push("up");
    await scene.perform(cutover, { state: { ...scene.state(wanted), direction } });
    return said;
  }

  function wordsOf({ arn, targetGroups }: ProductionRule): string {
    return `${arn}: ${targetGroups.map((group) => `${group.arn} ${group.weight}`).join(", ")}`;
  }

  const toBlue = ["blue", "green"].map(
    (side) => `users-at-public-${side}: users-blue-on-${side} 100, users-green-on-${side} 0`,
  );

  it("goes forward by an `up` alone", async () => {
    assert.deepEqual(await done(WARM, "v2", "forward"), ["up"]);
    assert.isFalse(scene.events.some(({ type }) => type === "routed"));
  });

  it("leads production's rules on both load balancers back before the `up`", async () => {
    assert.deepEqual(await done(FLIPPED, "v1", "back"), [...toBlue, "up"]);
    assert.deepInclude(scene.event("routed"), { services: ["users"], to: { users: "blue" } });
  });

  describe("where the size follows the load", () => {
    const ELASTIC = { services: { users: { size: { min: 2, max: 9 } } } };
    const asked = () => {
      const { blue, green } = scene.stack.asked.at(-1)!.services.users!.colours;
      return [blue.size, green.size];
    };
    const start = live({ active: "blue", blue: ["v1", 2], green: ["v2", 8] });

    it("holds what the old colour has, whose policies outlive the change of rules", async () => {
      scene = new Scene(start, ELASTIC);
      scene.look = (cluster, seen) => (cluster === "users-blue" ? { ...seen, inService: 8 } : seen);
      await scene.perform(cutover);
      assert.deepEqual(asked(), [8, 8]);
    });

    it("goes on as it is where AWS does not say what that is", async () => {
      scene = new Scene(start, ELASTIC);
      scene.look = () => {
        throw new Error("no answer");
      };
      await scene.perform(cutover);
      assert.deepEqual(asked(), [2, 8]);
    });

    it("leaves the old colour the minimum of its schedule, which the next step reads", async () => {
      const schedule = [{ from: "08:00", to: "20:00", min: 4 }];
      scene = new Scene(start, { services: { users: { size: { min: 2, max: 9, schedule } } } });
      scene.look = (cluster, seen) => (cluster === "users-blue" ? { ...seen, inService: 8 } : seen);
      await scene.perform(cutover);
      assert.deepEqual(asked(), [2, 8]);
    });

    it("goes back with as many as the colour has that it leaves", async () => {
      scene = new Scene(live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }), ELASTIC);
      scene.look = (cluster, seen) => (cluster === "users-green" ? { ...seen, inService: 8 } : seen);
      const { state } = await scene.perform(cutover, { state: { ...scene.state("v1"), direction: "back" } });
      assert.deepEqual(asked(), [8, 2]);
      assert.equal(state.activeInstances.users, 2, "nothing waits for the others");
    });
  });

  it("takes the share of a ramp back at once", async () => {
    assert.deepEqual(await done(RAMPED, "v1", "back"), [...toBlue, "up"]);
  });

  it("leads internal rules, too", async () => {
    const said = await done(FLIPPED, "v1", "back", { services: { users: { exposure: ["public", "internal"] } } });
    assert.deepEqual(
      said.map((line) => line.split(":")[0]),
      ["users-at-public-blue", "users-at-public-green", "users-at-internal-blue", "users-at-internal-green", "up"],
    );
  });

  it("leads a caller back before its callee, so that its new release never meets an old callee", async () => {
    const both = together(FLIPPED, live({ active: "green", blue: ["v1", 2], green: ["v2", 2] }, { service: "doodle" }));
    scene = new Scene(both, { services: { users: { exposure: ["internal"] }, doodle: { calls: ["users"] } } });
    const said: string[] = [];
    scene.trafficSwitch.route = async ({ arn }) => void said.push(arn);
    const work = { state: { ...scene.state("v1"), direction: "back" as const }, services: ["users", "doodle"] };
    const { detail } = await scene.perform(cutover, work);
    assert.deepEqual(said, [
      ...["doodle-at-public-blue", "doodle-at-public-green"],
      ...["users-at-internal-blue", "users-at-internal-green"],
    ]);
    assert.equal(detail, "doodle green -> blue, then users green -> blue");
  });

  it("has no rule to lead where only records move", async () => {
    assert.deepEqual(await done(FLIPPED, "v1", "back", { cutover: "dns" }), ["up"]);
  });

  it("leaves it to the `up` when AWS refuses, and says so", async () => {
    scene = new Scene(FLIPPED);
    scene.trafficSwitch.route = () => Promise.reject(new Error("AccessDenied"));
    const { state } = await scene.perform(cutover, { state: { ...scene.state("v1"), direction: "back" } });
    assert.equal(state.live.services.users!.active, "blue");
    assert.include(
      scene.events.flatMap((event) => (event.type === "progress" ? [event.message] : [])),
      "users could not be routed back at once: AccessDenied",
    );
    assert.isFalse(scene.events.some(({ type }) => type === "routed"));
  });
});
