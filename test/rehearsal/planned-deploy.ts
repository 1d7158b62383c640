import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS } from "../../automation/core/package-directory";
import type { DeployEvent } from "../../automation/ports/events";
import type { ChangedResource } from "../../automation/ports/stack";
import type { DeployPlan } from "../../automation/preview/deploy-plan";
import { stateFolder } from "../../rehearsal/cloud/environment";
import { STACK } from "../../rehearsal/cloud/settings-source";
import type { DeployRun } from "../../rehearsal/environment/deploy-command";
import { folderDigests } from "./folder-digests";
import type { RunningStack } from "./running-stack";

const ROOT = join(__dirname, "../..");

type Up = Extract<DeployEvent, { type: "up" }>;
type Planned = Extract<DeployEvent, { type: "planned" }>;

export interface CommandRun {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/** Deploys after their plans: a plan changes nothing, and names the resources that the engine then says it changed. */
export class PlannedDeploys {
  constructor(private readonly stack: RunningStack) {}

  /** Plans a deploy, does it, and compares. @param releases such as `users=v2` */
  async deploy(...releases: string[]): Promise<DeployPlan> {
    const plan = await this.#planned(...releases);
    expectSame(plan, await this.stack.deployAll(releases));
    return plan;
  }

  /** Plans a rollback of the last deploy, does it, and compares. */
  async rollback(): Promise<DeployPlan> {
    const plan = await this.#planned("--rollback");
    const { exitCode, stdout, stderr } = await this.run("rollback", "--json");
    const events = stdout.split("\n").map((line) => JSON.parse(line) as DeployEvent);
    expectSame(plan, { exitCode, events, errors: stderr });
    return plan;
  }

  /** Runs a command of `automation/cli.ts` on the stack, as a person does. */
  async run(command: string, ...args: string[]): Promise<CommandRun> {
    return this.#cli(command, "--config-file", this.stack.settingsFile, ...args);
  }

  /** Runs a command that reads no settings. */
  withoutSettings(command: string, ...args: string[]): Promise<CommandRun> {
    return this.#cli(command, ...args);
  }

  /** Runs a command that reads no settings, and returns what it prints. */
  async read(command: string, ...args: string[]): Promise<string> {
    const { exitCode, stdout, stderr } = await this.#cli(command, ...args);
    expect(exitCode, stderr).to.equal(0);
    return stdout;
  }

  async #cli(command: string, ...args: string[]): Promise<CommandRun> {
    const given = ["automation/cli.ts", command, "--stack", STACK, ...args];
    const { exitCode, stdout, stderr } = await execa(process.execPath, [...NODE_ARGUMENTS, ...given], {
      cwd: ROOT,
      env: this.stack.environment,
      stdin: "ignore",
      reject: false,
    });
    return { exitCode: exitCode ?? 1, stdout, stderr };
  }

  async #planned(...args: string[]): Promise<DeployPlan> {
    const state = stateFolder(this.stack.cloud.ready.directory);
    const before = await folderDigests(state);
    const { exitCode, stdout, stderr } = await this.run("plan", "--json", ...args);
    expect(exitCode, stderr).to.equal(0);
    expect(await folderDigests(state), "the stack's backend").to.deep.equal(before);
    return JSON.parse(stdout) as DeployPlan;
  }
}

/** Returns resources as `update users-blue-task`, sorted. */
export function inWords(resources: readonly ChangedResource[]): string[] {
  return resources.map(({ operation, urn }) => `${operation} ${urn.slice(urn.lastIndexOf("::") + 2)}`).sort();
}

function expectSame(plan: DeployPlan, { exitCode, events, errors }: DeployRun): void {
  const failed = events.find((event) => event.type === "stepEnded" && !event.ok);
  expect(exitCode, [errors, failed, events.at(-1)].map((one) => JSON.stringify(one)).join(" ")).to.equal(0);
  const ups = events.filter((event): event is Up => event.type === "up");
  const wanted = ups.map(({ step, resources }) => ({ step, resources: inWords(resources) }));
  const foreseen = plan.steps.flatMap(({ step, up }) => (up ? [{ step, resources: inWords(up.changes) }] : []));
  expect(foreseen).to.deep.equal(wanted);
  // An `up` that changes nothing would make this a test that cannot fail.
  for (const { resources } of wanted) expect(resources).to.not.be.empty;
  expect(plan.totals.ups).to.equal(wanted.length);
  const { steps } = events.find((event): event is Planned => event.type === "planned")!;
  expect(plan.steps.map(({ step }) => step)).to.deep.equal(steps.map(({ step }) => step));
}
