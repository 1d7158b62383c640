import { assert } from "chai";
import { StepFailed } from "../../../automation/deploy-failed";
import { history } from "../../../automation/store/history";
import { Scene } from "../scene";
import { release } from "../worlds";

describe("history", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  it("tells runs newest first: who, what by digest, each step, and how it ended", async () => {
    scene = new Scene(undefined, { test: "echo fine" });
    await scene.deploy();
    await scene.rollback();
    const [rollback, deploy, ...more] = await history(scene.store, 10);
    assert.isEmpty(more);
    assert.deepInclude(deploy, {
      command: "deploy",
      outcome: "done",
      reason: "",
      releases: { users: release("v2") },
    });
    const { steps, startedAtMs, endedAtMs } = deploy!;
    assert.equal(endedAtMs! - startedAtMs, 83_000);
    assert.deepInclude(
      steps.find(({ step }) => step === "test"),
      { ok: true, detail: "users: `echo fine` passed" },
    );
    assert.equal(steps.find(({ step }) => step === "drain")!.seconds, 80);
    assert.deepInclude(rollback, { command: "rollback", outcome: "done", releases: { users: release("v1") } });
    assert.lengthOf(await history(scene.store, 1), 1);
  });

  it("keeps what was asked for, and why it failed, of a run that went back", async () => {
    scene = new Scene();
    scene.stack.failures.set(1, new StepFailed("no capacity"));
    await scene.deploy();
    const [run] = await history(scene.store, 1);
    assert.deepInclude(run, { outcome: "takenBack", releases: { users: release("v2") } });
    assert.match(run!.reason, /^warm failed: no capacity; production is untouched/);
    assert.deepEqual(
      run!.steps.map(({ step, ok }) => [step, ok]),
      [
        ["preflight", true],
        ["warm", false],
        ["coolDown", true],
      ],
    );
  });
});
