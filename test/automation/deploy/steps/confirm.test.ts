import { assert } from "chai";
import { StepFailed } from "../../../../automation/core/errors";
import { confirm } from "../../../../automation/deploy/steps/confirm";
import { failureOf } from "../../../failure-of";
import { Scene } from "../scene";
import { live } from "../worlds";

const FLIPPED = live({ active: "green", blue: ["v1", 2], green: ["v2", 2] });

describe("confirm step", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  const run = () => scene.perform(confirm);
  const failure = () => failureOf(run());

  const table: { title: string; settings: object; detail: string; asks: boolean }[] = [
    {
      title: "a public api",
      settings: {},
      detail: "users.example.jp answers from v2 through DNS and both load balancers",
      asks: true,
    },
    { title: "an internal api", settings: { exposure: ["internal"] }, detail: "users is healthy with v2", asks: false },
    { title: "a worker", settings: { kind: "worker" }, detail: "users works with v2", asks: false },
  ];
  for (const { title, settings, detail, asks } of table) {
    it(`of ${title} says what was seen, and asks only who can be asked`, async () => {
      scene = new Scene(FLIPPED, { services: { users: settings } });
      assert.equal((await run()).detail, detail);
      assert.equal(scene.heard.length > 0, asks);
    });
  }

  const lacking = "1 of 2 tasks run task-definition/users-green:v2";
  /** One task is missing in so many looks from the first on. */
  const lackIn = (looks: number) => {
    let seen = 0;
    scene.look = (cluster, all) =>
      cluster === "users-green" && ++seen <= looks ? { ...all, tasks: all.tasks.slice(1) } : all;
  };
  const waitedSeconds = () => (scene.clock.nowMs - new Scene(FLIPPED).clock.nowMs) / 1000;

  it("looks at the active colour, whoever answers, and waits for no record when that fails", async () => {
    scene = new Scene(FLIPPED);
    lackIn(Number.POSITIVE_INFINITY);
    const error = await failure();
    assert.instanceOf(error, StepFailed);
    assert.equal(error.message, `users fails in production: ${lacking}`);
    assert.isTrue(waitedSeconds() >= 4 && waitedSeconds() <= 10, "two pauses between three looks");
  });

  it("takes what is gone at the next look but one for the looks' own", async () => {
    scene = new Scene(FLIPPED);
    lackIn(2);
    await run();
  });

  it("on the way back waits for the colour as long as for a record: there is nothing else to turn to", async () => {
    scene = new Scene(FLIPPED);
    lackIn(Number.POSITIVE_INFINITY);
    const error = await scene.perform(confirm, { state: { ...scene.state(), direction: "back" } }).then(
      () => assert.fail("it passed"),
      (thrown: Error) => thrown,
    );
    assert.equal(error.message, `users is not back: ${lacking} (after 150 s)`);
  });

  describe("where a load balancer has several addresses (E24)", () => {
    /** One node of the blue load balancer follows the old rule in so many looks from the first on. */
    const lagFor = (looks: number) => {
      const lagging = new Map<number, number>();
      scene = new Scene(FLIPPED);
      scene.addresses = ["node 1", "node 2"];
      scene.hear = ({ via, address }, answer) => {
        if (!via?.includes("blue") || !address?.startsWith("node 2")) return answer;
        lagging.set(scene.clock.nowMs, (lagging.get(scene.clock.nowMs) ?? 0) + 1);
        return lagging.size <= looks ? { ...answer, release: "v1" } : answer;
      };
    };

    it("waits until every one of them follows the new rule", async () => {
      lagFor(3);
      await run();
      const asked = new Set(scene.heard.flatMap(({ address }) => address ?? []));
      assert.equal(asked.size, 4);
      assert.isTrue(waitedSeconds() > 0);
    });

    it("names the one that does not, after its limit", async () => {
      lagFor(Number.POSITIVE_INFINITY);
      const { message } = await failure();
      assert.match(
        message,
        /through the blue load balancer at node 2 of .* answers from release v1, wanted v2 \(after 150 s\)$/,
      );
    });
  });

  it("takes no fault in instances that the load adds", async () => {
    scene = new Scene(FLIPPED, { size: { min: 2, max: 4 } });
    scene.look = (_, seen) => ({
      ...seen,
      targets: [...seen.targets, { ...seen.targets[0]!, instanceId: "i-3", state: "initial", reason: "registering" }],
      tasks: [...seen.tasks, { ...seen.tasks[0]!, id: "t-3" }],
    });
    await run();
  });
});
