import { assert } from "chai";
import { StepFailed } from "../../../automation/core/errors";
import { look } from "../../../automation/status/look";
import { NewestRuns } from "../../../automation/status/runs";
import type { Status } from "../../../automation/status/status";
import { Scene } from "../deploy/scene";

describe("looking at the status", () => {
  let scene: Scene;
  let runs: NewestRuns;
  beforeEach(() => {
    scene = new Scene();
    runs = new NewestRuns(scene.store);
  });
  afterEach(() => scene.close());

  const see = (): Promise<Status> => {
    const { store, settings, context, stack } = scene;
    return look({ stack: "prod", outputs: stack.current!, settings, observer: context.observer, store, runs });
  };

  it("of a stack that had no deploy", async () => {
    const { services, lease, running, frozen, unfinished } = await see();
    assert.isNull(services.users!.sinceMs);
    assert.deepEqual([lease, running, frozen, unfinished], [null, null, null, null]);
    assert.deepEqual(services.users!.health, { blue: { healthy: 2, wanted: 2, faults: [] }, green: null });
  });

  it("tells the step that goes on, and since when", async () => {
    const seen: Status[] = [];
    scene.stack.onUp = async () => void seen.push(await see());
    await scene.deploy();
    assert.deepEqual(
      seen.map(({ running, lease }) => [running?.step, running?.services, lease?.holder.what]),
      [
        ["warm", ["users"], "deploy users=v2"],
        ["cutover", ["users"], "deploy users=v2"],
        ["retire", ["users"], "deploy users=v2"],
      ],
    );
    assert.isNull((await see()).running);
  });

  it("tells since when the active colour is, from the last cutover that led there", async () => {
    let cutAtMs = 0;
    scene.stack.onUp = (number) => {
      if (number === 2) cutAtMs = scene.clock.nowMs + 1_000;
    };
    await scene.deploy();
    assert.equal((await see()).services.users!.sinceMs, cutAtMs);
    scene.stack.failures.set(4, new StepFailed("no capacity"));
    await scene.deploy("v1");
    assert.equal((await see()).services.users!.sinceMs, cutAtMs, "what was taken back changed nothing");
    scene.stack.current!.live.services.users!.active = "blue";
    assert.isNull((await see()).services.users!.sinceMs, "somebody else has led it elsewhere");
  });

  it("tells a run that is not finished", async () => {
    scene.stack.failures.set(1, new StepFailed("no capacity")).set(2, new StepFailed("throttled"));
    await scene.deploy();
    assert.equal((await see()).unfinished, (await scene.store.deploys()).at(-1));
  });

  it("reads a finished journal once, however often it looks", async () => {
    await scene.deploy();
    await scene.deploy("v1");
    const read: string[] = [];
    const { journal } = scene.store;
    scene.store.journal = (deploy) => {
      read.push(deploy);
      return journal.call(scene.store, deploy);
    };
    runs = new NewestRuns(scene.store);
    await see();
    await see();
    const [older, newest] = await scene.store.deploys();
    assert.deepEqual([...read].sort(), [older, newest, newest].sort());
  });
});
