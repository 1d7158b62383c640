import "../../automation/core/quiet-aws-sdk";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import type { DeployEvent } from "../../automation/ports/events";
import type { ChangedResource } from "../../automation/ports/stack";
import type { DeployPlan } from "../../automation/preview/deploy-plan";
import { stateFolder } from "../../rehearsal/cloud/environment";
import type { DeployRun } from "../../rehearsal/environment/deploy-command";
import { STACK } from "../../rehearsal/environment/rehearsal-stack";
import { folderDigests } from "./folder-digests";
import { changeSettings, RunningStack } from "./running-stack";

const PLACE = { loopback: "127.29", portOffset: 29_000, speed: 200 };
const ROOT = join(__dirname, "../..");
const SERVICES = ["users", "mailer", "doodle"];

type Up = Extract<DeployEvent, { type: "up" }>;
type Planned = Extract<DeployEvent, { type: "planned" }>;

/** Each deploy is planned, then done: the plan's resources are those that the engine said it changed, `up` by `up`. */
describe("a plan of the three services", function () {
  this.timeout(8 * 60_000);

  let stack: RunningStack;
  before(async () => {
    stack = await RunningStack.start(PLACE, { services: SERVICES });
  });
  after(() => stack?.stop());

  const run = (...args: string[]) => aoshingo("plan", ...args);

  async function aoshingo(command: string, ...args: string[]) {
    const given = ["automation/cli.ts", command, "--stack", STACK, "--config-file", stack.settingsFile, ...args];
    const { exitCode, stdout, stderr } = await execa(process.execPath, ["-r", "ts-node/register", ...given], {
      cwd: ROOT,
      env: stack.environment,
      stdin: "ignore",
      reject: false,
    });
    return { exitCode: exitCode ?? 1, stdout, stderr };
  }

  async function planned(...args: string[]): Promise<DeployPlan> {
    const state = stateFolder(stack.cloud.ready.directory);
    const before = await folderDigests(state);
    const { exitCode, stdout, stderr } = await run("--json", ...args);
    expect(exitCode, stderr).to.equal(0);
    expect(await folderDigests(state), "the stack's backend").to.deep.equal(before);
    return JSON.parse(stdout) as DeployPlan;
  }

  const inWords = (resources: readonly ChangedResource[]) =>
    resources.map(({ operation, urn }) => `${operation} ${urn.slice(urn.lastIndexOf("::") + 2)}`).sort();
  const upsOf = ({ events }: DeployRun) => events.filter((event): event is Up => event.type === "up");

  function expectSame(plan: DeployPlan, done: DeployRun): void {
    expect(done.exitCode, done.errors + JSON.stringify(done.events.at(-1))).to.equal(0);
    const wanted = upsOf(done).map(({ step, resources }) => ({ step, resources: inWords(resources) }));
    const foreseen = plan.steps.flatMap(({ step, up }) => (up ? [{ step, resources: inWords(up.changes) }] : []));
    expect(foreseen).to.deep.equal(wanted);
    // An `up` that changes nothing would make this a test that cannot fail.
    for (const { resources } of wanted) expect(resources).to.not.be.empty;
    expect(plan.totals.ups).to.equal(wanted.length);
    const { steps } = done.events.find((event): event is Planned => event.type === "planned")!;
    expect(plan.steps.map(({ step }) => step)).to.deep.equal(steps.map(({ step }) => step));
  }

  async function expectForeseen(...releases: string[]): Promise<DeployPlan> {
    const plan = await planned(...releases);
    expectSame(plan, await stack.deployAll(releases));
    return plan;
  }

  async function pushed(tag: string): Promise<string[]> {
    for (const service of SERVICES) await stack.push(tag, "none", service);
    return SERVICES.map((service) => `${service}=${tag}`);
  }

  it("names what first releases make, and what is changed for them", async () => {
    const [users, mailer, doodle] = await pushed("v1");
    const plan = await expectForeseen(users!, mailer!);
    expect(plan.steps.map(({ step }) => step)).to.include.members(["preflight", "warm", "test", "cutover"]);
    expect(plan.totals.doubleRunningInstanceHours).to.equal(0);
    expect(inWords(plan.steps.find(({ step }) => step === "warm")!.up!.changes)).to.include.members([
      "create users-blue-task",
      "update users-blue-instances",
    ]);
    await expectForeseen(doodle!);
  });

  it("names what the other colour's first releases change, and how long both run", async () => {
    const plan = await expectForeseen(...(await pushed("v2")));
    expect(plan.totals.doubleRunningInstanceHours).to.be.above(0);
    expect(plan.steps.filter(({ up }) => up).map(({ step, detail }) => [step, detail])).to.deep.equal([
      [
        "warm",
        "users green: v2 on 0 -> 2 instances, mailer green: v2 on 0 -> 1 instances, doodle green: v2 on 0 -> 2 instances",
      ],
      ["cutover", "users blue -> green, mailer blue -> green, doodle blue -> green"],
      ["retire", "users blue: 2 -> 0 instances, mailer blue: 1 -> 0 instances, doodle blue: 2 -> 0 instances"],
    ]);
  });

  it("names what a later deploy changes, settings that come with it and a ramp among it", async () => {
    const services = ["config", "aoshingo:services"];
    await changeSettings(stack.settingsFile, [...services, "doodle", "port"], 3_001);
    await changeSettings(stack.settingsFile, [...services, "users", "size"], { min: 2, max: 4 });
    await changeSettings(stack.settingsFile, ["config", "aoshingo:deploy", "ramp"], [10]);
    await changeSettings(stack.settingsFile, ["config", "aoshingo:deploy", "rampPauseSeconds"], 1);
    const plan = await expectForeseen(...(await pushed("v3")));
    const shown = plan.steps.flatMap(({ up }) => up?.changes ?? []);
    const task = shown.find(({ name }) => name === "doodle-blue-task")!;
    expect(task.properties).to.deep.include({
      ...{ path: "containerDefinitions[doodle].portMappings[0].containerPort", from: 3_000, to: 3_001 },
      replaces: true,
    });
  });

  it("names what a rollback changes", async () => {
    const plan = await planned("--rollback");
    expect(plan.releases).to.have.nested.property("users.name", "v2");
    const { exitCode, stdout, stderr } = await aoshingo("rollback", "--json");
    const events = stdout.split("\n").map((line) => JSON.parse(line) as DeployEvent);
    expectSame(plan, { exitCode, events, errors: stderr });
  });

  it("says for people what it is in 80 columns, and that nothing is to be done", async () => {
    const { stdout, stderr, exitCode } = await run("users=v3");
    expect(exitCode, stderr).to.equal(0);
    expect(stdout).to.match(/^Deploy users=v3 to rehearsal: 4 `up`s change \d+ resources, in about \d+ min;/);
    for (const line of stdout.split("\n")) expect(line.length, line).to.be.at.most(80);
    const nothing = await run("users=v2");
    expect(nothing.stdout, nothing.stderr).to.equal("Nothing to do: users=v2 is active on rehearsal already.");
  });

  it("refuses what the deploy would refuse, in one line", async () => {
    const missing = await run("users=nosuch");
    expect(missing.exitCode).to.equal(1);
    expect(missing.stderr).to.match(/^image nosuch does not exist in .*: push it first, or check the tag$/);
    expect(missing.stdout).to.equal("");
    const wrong = await run("nosuch=v1");
    expect(wrong.exitCode).to.equal(2);
    expect(wrong.stderr).to.equal('unknown service "nosuch": the settings have users, mailer, doodle');
  });
});
