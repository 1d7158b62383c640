import { expect } from "chai";
import type { DeployEvent } from "../../automation/ports/events";
import type { DeployRun } from "../../rehearsal/environment/deploy-command";
import { ProductionWatch } from "./production-watch";
import type { Production, RunningStack } from "./running-stack";
import { sharedStack } from "./shared-stack";

type Ended = Extract<DeployEvent, { type: "deployEnded" }>;

/** A bad release never gets a production request, and the deploy says why it is bad. */
describe("the tests gate", function () {
  this.timeout(5 * 60_000);

  let stack: RunningStack;
  /** As it was before all cases. */
  let production: Production;
  let watch: ProductionWatch;

  before(async () => {
    stack = await sharedStack({ from: "release" });
    production = (await stack.production())!;
  });

  beforeEach(async () => {
    watch = new ProductionWatch(stack, `${(await stack.outputs()).services.users!.exposures.public!.url}/healthz`);
  });
  afterEach(() => watch.stop());

  const endOf = ({ events }: DeployRun) => events.find((event): event is Ended => event.type === "deployEnded");
  const failureOf = ({ events }: DeployRun) =>
    events.flatMap((event) => (event.type === "stepEnded" && !event.ok ? [event] : []));
  const stepsOf = ({ events }: DeployRun) =>
    events.flatMap((event) => (event.type === "stepStarted" ? [event.step] : []));

  async function expectUntouched(): Promise<void> {
    expect(await stack.production()).to.deep.equal(production);
    const { active, idle, release } = production;
    const { colours } = (await stack.outputs()).live.services.users!;
    expect([colours[active].size, colours[idle].size]).to.deep.equal([2, 0]);
    expect(await stack.tasksOf(idle)).to.deep.equal([]);
    expect(await stack.tasksOf(active)).to.have.lengthOf(2);
    await watch.stop();
    expect(Object.keys(watch.answers)).to.deep.equal([`200 ${release}`]);
  }

  it("stops a release that its own test refuses, and shows what the test said", async () => {
    await stack.push("wrong", "wrongAnswer");
    const run = await stack.deploy("wrong");
    expect(run.exitCode).to.equal(1);
    expect(endOf(run)).to.include({ ok: false, failedStep: "test" });
    expect(endOf(run)!.reason).to.match(
      /^test failed: the test of users ended with exit code 1: .*; production is untouched, the idle colour is back at 0$/,
    );
    expect(failureOf(run)[0]!.detail).to.match(/GET \/users\/.*: wanted .*"Aoi".*, got .*"not Aoi"/);
    expect(stepsOf(run)).to.deep.equal(["preflight", "warm", "verify", "test", "coolDown"]);
    await expectUntouched();
  });

  it("stops a release that crashes on start, and says how its tasks ended", async () => {
    await stack.push("crash", "crashOnStart");
    const run = await stack.deploy("crash");
    expect(run.exitCode).to.equal(1);
    expect(endOf(run)).to.include({ ok: false, failedStep: "warm" });
    expect(endOf(run)!.reason).to.match(
      /^warm failed: users (blue|green) did not come up: task failed: Essential container in task exited \(exit code 1\)( \(\d+ times\))?; production is untouched, the idle colour is back at 0$/,
    );
    expect(failureOf(run)[0]!.detail).to.contain("timeout while waiting for state to become 'ok'");
    expect(stepsOf(run)).to.deep.equal(["preflight", "warm", "coolDown"]);
    await expectUntouched();
  });

  it("stops a release that never becomes healthy, and says what the health check was answered", async () => {
    await stack.push("ill", "unhealthy");
    const run = await stack.deploy("ill");
    expect(run.exitCode).to.equal(1);
    expect(endOf(run)).to.include({ ok: false, failedStep: "warm" });
    expect(endOf(run)!.reason)
      .to.contain(`users ${production.idle} did not come up: target is: unhealthy, Target.ResponseCodeMismatch: `)
      .and.contain("[503]")
      .and.not.contain("task failed");
    expect(stepsOf(run)).to.deep.equal(["preflight", "warm", "coolDown"]);
    await expectUntouched();
  });

  it("stops a release whose image does not exist before anything changes", async () => {
    const before = (await stack.outputs()).live;
    const run = await stack.deploy("gone");
    expect(run.exitCode).to.equal(1);
    expect(endOf(run)).to.include({ ok: false, failedStep: "preflight" });
    expect(endOf(run)!.reason).to.match(
      /^preflight failed: image gone does not exist in .*\/users: push it first, or check the tag; nothing was changed$/,
    );
    expect((await stack.outputs()).live).to.deep.equal(before);
    await expectUntouched();
  });

  it("lets the next good release through", async () => {
    await stack.push("good");
    const run = await stack.deploy("good");
    expect(run.exitCode, run.errors + endOf(run)?.reason).to.equal(0);
    const { active, idle, release } = production;
    expect(await stack.production()).to.deep.equal({ active: idle, idle: active, release: "good" });
    await watch.stop();
    expect(Object.keys(watch.answers)).to.have.members([`200 ${release}`, "200 good"]);
  });
});
