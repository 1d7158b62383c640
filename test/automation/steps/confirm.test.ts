import { assert } from "chai";
import { StepFailed } from "../../../automation/deploy-failed";
import { confirm } from "../../../automation/steps/confirm";
import { Scene } from "../scene";
import { live } from "../worlds";

const FLIPPED = live({ active: "green", blue: ["v1", 2], green: ["v2", 2] });

describe("confirm step", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  const run = () => confirm(scene.context, scene.situation(), ["users"]);
  const failure = () =>
    run().then(
      () => assert.fail("it passed"),
      (error: Error) => error,
    );

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

  it("looks at the active colour, whoever answers", async () => {
    scene = new Scene(FLIPPED);
    scene.look = (cluster, seen) => (cluster === "users-green" ? { ...seen, tasks: seen.tasks.slice(1) } : seen);
    const error = await failure();
    assert.instanceOf(error, StepFailed);
    assert.match(
      error.message,
      /^users is not all new: 1 of 2 tasks run task-definition\/users-green:v2 \(after 90 s\)$/,
    );
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
