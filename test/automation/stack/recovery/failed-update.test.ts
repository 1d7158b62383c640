import { expect } from "chai";
import { retired, routed, warmed } from "../../../../automation/deploy/live-transitions";
import type { WorkspaceStack } from "../../../../automation/stack/workspace-stack";
import { STACK_TYPE } from "../../../../components/core/pulumi-wire";
import type { Live } from "../../../../components/live/live";
import { MAX_ATTEMPTS } from "../../../../rehearsal/cloud/faults/call-faults";
import { changeSettings } from "../../../rehearsal/running-stack";
import { Scene, SERVICE } from "./scene";

const PLACE = { loopback: "127.43", portOffset: 43_000, speed: 100 };
const NONE = { min: 0, desired: 0 };
const TWO = { min: 2, desired: 2 };

/**
 * `up`s that failed: the state does not say what AWS has, and the provider changes only what differs from the state
 * (aws-rules U1, U2). On the real engine.
 */
describe("automation/stack/recovery: updates that failed", () => {
  let scene: Scene;
  /** Blue runs two instances, nothing is active on green. */
  let running: Live;
  let told: string[];

  before(async () => {
    scene = await Scene.start(PLACE);
    const { live } = await scene.outputs();
    const release = await scene.release("v1");
    running = (await scene.up(warmed(live, { [SERVICE]: { release, size: 2 } }))).outputs.live;
  });
  after(() => scene?.stop());
  beforeEach(() => {
    told = [];
  });

  const onProgress = (line: string) => {
    if (told.at(-1) !== line) told.push(line);
  };
  const up = (live: Live, unsettled: string[] = []) => scene.up(live, { onProgress, unsettled });
  const stopped = (live: Live) => retired(live, [SERVICE]);
  const started = (serial: number): Live => ({ ...running, serial });
  const line = "autoscaling/group users-blue-instances";

  async function refused(live: Live): Promise<void> {
    await scene.faults.add({
      kind: "serverError",
      operation: "autoscaling:UpdateAutoScalingGroup",
      count: MAX_ATTEMPTS,
    });
    const failure = await up(live).catch((error: Error) => error);
    expect((failure as Error).message).to.contain("InternalFailure");
  }

  it("a change that AWS refused is made by the same `up` once more", async () => {
    await refused(stopped(running));
    expect(await scene.size("blue")).to.deep.equal(TWO);
    const { outputs } = await up(stopped(running));
    expect(told).to.include(`${line} failed while updating: read again what there is`);
    expect(await scene.size("blue")).to.deep.equal(NONE);
    await up(started(outputs.live.serial + 1));
  });

  it("a change that AWS refused is made by another process, which sees it in the state", async () => {
    const { live } = await scene.outputs();
    await refused(stopped(live));
    // Without reading it again no command goes on, and it says why.
    await scene.faults.add({ kind: "serverError", operation: "autoscaling:DescribeAutoScalingGroups" });
    const { exitCode, errors } = await scene.running.run("rollback");
    await scene.faults.clear();
    expect(exitCode).to.equal(1);
    expect(errors).to.match(/^users-blue-instances: .*DescribeAutoScalingGroups.*InternalFailure/);
    const stack = await scene.open();
    const options = { message: "go on", signal: new AbortController().signal, onProgress };
    try {
      const { done } = await stack.recover(options);
      expect(done).to.deep.equal([`${line} was not ready after an earlier update: read again what there is`]);
      expect(await scene.size("blue")).to.deep.equal(TWO);
      const { outputs } = await stack.up(stopped(live), options);
      expect(await scene.size("blue")).to.deep.equal(NONE);
      await stack.up(started(outputs.live.serial + 1), options);
    } finally {
      await stack.close();
    }
  });

  it("an `up` waits while AWS does not answer, and makes again what was lost with the provider", async () => {
    const { live } = await scene.outputs();
    await scene.faults.add({
      kind: "restart",
      operation: "autoscaling:UpdateAutoScalingGroup",
      awaySeconds: 400,
    });
    const { outputs } = await up(stopped(live));
    // Which of the two comes first depends on the moment: the CLI asks KMS before it starts a provider.
    expect(
      told.some((text) => /^(AWS does not answer \(KMS\)|the provider went away).*: once more$/.test(text)),
    ).to.equal(true);
    expect(await scene.size("blue")).to.deep.equal(NONE);
    await up(started(outputs.live.serial + 1));
    expect(await scene.size("blue")).to.deep.equal(TWO);
  });

  it("what an `up` of another process changed without the state knowing it is read again", async () => {
    const before = await scene.state();
    const { live } = await scene.outputs();
    await up(stopped(live));
    // The answer of AWS was lost with provider and process: the change was made, and nothing says so.
    await scene.leaveState(before);
    const stack = await scene.open();
    const options = { message: "go on", signal: new AbortController().signal, onProgress };
    try {
      expect((await stack.recover(options)).done).to.deep.equal([]);
      await stack.up(live, { ...options, unsettled: [SERVICE] });
    } finally {
      await stack.close();
    }
    expect(told).to.include(`read again what ${SERVICE} has: the end of an earlier update is not known`);
    expect(await scene.size("blue")).to.deep.equal(TWO);
    await scene.expectClean();
  });

  it("what was created without an answer is removed, and created by the same `up` once more", async () => {
    const { live } = await scene.outputs();
    const active = { ...live, services: { [SERVICE]: { ...live.services[SERVICE]!, active: "blue" as const } } };
    const { outputs } = await up({ ...active, serial: live.serial + 1 });
    const release = await scene.release("v2");
    const warm = await up(warmed(outputs.live, { [SERVICE]: { release, size: 2 } }));
    await scene.faults.add({ kind: "restart", operation: "autoscaling:PutScalingPolicy" });
    await up(routed(warm.outputs.live, { [SERVICE]: release }, [SERVICE]));
    expect(told.some((text) => /^deleted scaling policy \S+, which no state knows$/.test(text))).to.equal(true);
    expect((await scene.inventory()).green).to.deep.equal({ services: 1, revisions: 2, policies: 1 });
    expect(await scene.pendingOperations()).to.deep.equal([]);
  });

  describe("of a service with a fixed size, whose old colour was being stopped", () => {
    const options = { message: "go on", signal: new AbortController().signal };
    /** Blue is the old colour, green is active. */
    let live: Live;

    /** Does the rest as another process. */
    async function elsewhere<Result>(act: (stack: WorkspaceStack) => Promise<Result>): Promise<Result> {
      const stack = await scene.open();
      try {
        await stack.recover({ ...options, onProgress });
        return await act(stack);
      } finally {
        await stack.close();
      }
    }
    const upElsewhere = (asked: Live | null, unsettled: string[] = []) =>
      elsewhere((stack) => stack.up(asked, { ...options, onProgress, unsettled }));
    const again = () => ({ ...live, serial: live.serial + 1 });

    before(async () => {
      await changeSettings(scene.running.settingsFile, ["config", "aoshingo:services", SERVICE, "size"], 2);
      const { outputs } = await upElsewhere(stopped((await scene.outputs()).live));
      const { release } = outputs.live.services[SERVICE]!.colours.blue;
      ({ live } = (await upElsewhere(warmed(outputs.live, { [SERVICE]: { release: release!, size: 2 } }))).outputs);
    });

    it("has its instances again on the way back, where the state says nothing of it", async () => {
      const before = await scene.state();
      await upElsewhere(stopped(live));
      await scene.leaveState(before);
      expect(await scene.size("blue")).to.deep.equal(NONE);
      ({ live } = (await upElsewhere(again(), [SERVICE])).outputs);
      expect(await scene.size("blue")).to.deep.equal(TWO);
    });

    it("has them again, where the state says it and another service failed, also after a `pulumi up`", async () => {
      const { resources = [] } = await scene.state();
      const { outputs } = resources.find(({ type }) => type === STACK_TYPE)!;
      await upElsewhere(stopped(live));
      const after = await scene.state();
      const left = after.resources!.map((one) => (one.type === STACK_TYPE ? { ...one, outputs } : one));
      await scene.leaveState({ ...after, resources: left });
      await upElsewhere(null);
      ({ live } = (await upElsewhere(again(), [SERVICE])).outputs);
      expect(await scene.size("blue")).to.deep.equal(TWO);
      await scene.expectClean();
    });
  });
});
