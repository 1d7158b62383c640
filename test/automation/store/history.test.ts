import { assert } from "chai";
import { StepFailed } from "../../../automation/core/errors";
import { JOURNAL_VERSION, type JournalEntry } from "../../../automation/ports/journal";
import { history } from "../../../automation/store/history";
import { Scene } from "../deploy/scene";
import { release } from "../deploy/worlds";
import { entry } from "./samples";

describe("history", () => {
  let scene: Scene;
  afterEach(() => scene.close());

  it("lists runs newest first: who, what by digest, each step, and how it ended", async () => {
    scene = new Scene(undefined, { test: "echo fine" });
    await scene.deploy();
    await scene.rollback();
    const [rollback, deploy, ...more] = (await history(scene.store, 10)).runs;
    assert.isEmpty(more);
    assert.deepInclude(deploy, {
      command: "deploy",
      outcome: "done",
      reason: "",
      releases: { users: namedImage("v2") },
    });
    const { steps, startedAtMs, endedAtMs } = deploy!;
    assert.equal(endedAtMs! - startedAtMs, 83_000);
    assert.deepInclude(
      steps.find(({ step }) => step === "test"),
      { ok: true, detail: "users: `echo fine` passed" },
    );
    assert.equal(steps.find(({ step }) => step === "drain")!.seconds, 80);
    assert.deepInclude(rollback, { command: "rollback", outcome: "done", releases: { users: namedImage("v1") } });
    assert.lengthOf((await history(scene.store, 1)).runs, 1);
  });

  it("keeps the releases and the reason of a run that was taken back", async () => {
    scene = new Scene();
    scene.stack.failures.set(1, new StepFailed("no capacity"));
    await scene.deploy();
    const [run] = (await history(scene.store, 1)).runs;
    assert.deepInclude(run, { outcome: "takenBack", releases: { users: namedImage("v2") } });
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

  it("keeps the reason that is given where an unfinished run is taken back", async () => {
    scene = new Scene();
    scene.stack.failures.set(2, new StepFailed("throttled")).set(3, new StepFailed("throttled"));
    await scene.deploy();
    await scene.rollBack({ reason: "checkout broken" });
    const [run] = (await history(scene.store, 1)).runs;
    assert.match(run!.wentBack.at(-1)!.reason, /^rollback by .*: checkout broken$/);
  });

  it("reports a journal that cannot be read beside the other runs", async () => {
    scene = new Scene();
    await scene.deploy();
    const [torn, newer] = ["20991125T000000Z-98", "20991125T000000Z-99"] as const;
    await scene.store.append(torn, entry("closed", { fencing: 98 }));
    await scene.store.append(newer, {
      ...entry("opened", { fencing: 99 }),
      version: JOURNAL_VERSION + 1,
    } as JournalEntry);
    const { runs, problems } = await history(scene.store, 10);
    assert.lengthOf(runs, 1);
    assert.lengthOf(problems, 2);
    assert.match(problems[0]!, /20991125T000000Z-99\/1 was written by a newer aoshingo/);
    assert.match(problems[1]!, /^the journal of 20991125T000000Z-98 does not begin with what was asked for/);
  });
});

function namedImage(tag: string) {
  const { name, image } = release(tag);
  return { name, image };
}
