import "../../automation/core/silent-aws-sdk";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS } from "../../automation/core/package-directory";
import { FaultsClient } from "../../rehearsal/cloud/faults/faults-client";
import type { FaultRequest } from "../../rehearsal/cloud/kernel/fault-kinds";
import { eventually } from "../eventually";
import { ProductionWatch } from "./production-watch";
import type { Production, RunningStack } from "./running-stack";
import { sharedStack } from "./shared-stack";

const SPEED = 200;
/** So many tasks run at least: the load may have asked for more. */
const TASKS = 2;
const ROOT = join(__dirname, "../..");

/**
 * Faults of a whole cloud, by the command and by the client: through the engine, the provider, load balancers and
 * tasks.
 */
describe("faults of a running cloud", () => {
  let stack: RunningStack;
  let faults: FaultsClient;
  let production: Production;
  /** What production answers without a fault: status and release. */
  let fine: string;
  let productionUrl: string;

  before(async () => {
    stack = await sharedStack({ from: "release", speed: SPEED });
    faults = new FaultsClient(stack.environment.AWS_ENDPOINT_URL!);
    production = (await stack.production())!;
    fine = `200 ${production.release}`;
    productionUrl = `${(await stack.outputs()).services.users!.exposures.public!.url}/healthz`;
  });
  afterEach(() => faults.clear());

  /** `npx aoshingo fault ...` in a shell that knows the cloud, or that does not. */
  async function command(args: string[], env: Record<string, string> = stack.environment) {
    const { exitCode, stdout, stderr } = await execa(
      process.execPath,
      [...NODE_ARGUMENTS, "rehearsal/fault.ts", ...args],
      { cwd: ROOT, env, stdin: "ignore", reject: false },
    );
    return { exitCode, stdout, stderr };
  }

  /** Sees each of these answers, and ends when they are there. */
  async function answersOf(wanted: string[]): Promise<Record<string, number>> {
    const watch = new ProductionWatch(stack, productionUrl);
    try {
      await eventually(
        wanted.join(", "),
        () => wanted.every((answer) => answer in watch.answers),
        () => JSON.stringify(watch.answers),
      );
      return watch.answers;
    } finally {
      await watch.stop();
    }
  }

  it("are switched on, listed and cleared by the command", async () => {
    const on = await command(["throttle", "operation=ecs:*", "count=3"]);
    expect(on).to.include({ exitCode: 0, stderr: "" });
    expect(on.stdout).to.match(/^f\d+ throttle operation=ecs:\* count=3 \(injected 0 times, 3 left\)$/);
    const inDirectory = ["--directory", join(stack.directory, "cloud")];
    expect((await command([...inDirectory, "list"], {})).stdout).to.equal(on.stdout);
    expect(await command(["clear"])).to.include({ exitCode: 0, stdout: on.stdout });
    expect(await command(["list"])).to.include({ exitCode: 0, stdout: "no fault is switched on" });
  });

  const wrong: [args: string[], exitCode: number, line: string][] = [
    [["throttel"], 2, 'there is no fault "throttel"; wanted one of throttle, '],
    [["slowBoot", "factor=1"], 2, 'fault slowBoot: factor: wanted a factor above 1, such as 5, given "1"'],
    [["slowBoot", "5"], 2, 'given "5"; wanted key=value, such as count=3'],
    [["clear", "f1", "f2"], 2, "given clear f1 f2; wanted list, clear, or clear ID"],
    [
      ["--directory", "out/nowhere", "list"],
      1,
      "no rehearsal cloud runs in out/nowhere: start one with `make cloud`, ",
    ],
  ];
  for (const [args, exitCode, line] of wrong) {
    it(`the command refuses ${args.join(" ")} in one line`, async () => {
      const said = await command(args);
      expect(said).to.include({ exitCode, stdout: "" });
      expect(said.stderr.startsWith(line), said.stderr).to.equal(true);
      expect(said.stderr).to.not.contain("\n");
      expect(await faults.list()).to.deep.equal([]);
    });
  }

  it("a few throttled calls of the provider are not seen, and lasting ones fail the resource by name", async () => {
    await faults.add({ kind: "throttle", operation: "elasticloadbalancing:DescribeRules", count: 5 });
    expect(await refresh()).to.include({ exitCode: 0 });
    expect(await faults.list()).to.deep.equal([]);

    await faults.add({ kind: "serverError", operation: "elasticloadbalancing:DescribeRules" });
    const { exitCode, text } = await refresh();
    expect(exitCode).to.not.equal(0);
    expect(text).to.contain(
      "operation error Elastic Load Balancing v2: DescribeRules, exceeded maximum number of attempts, 25",
    );
    await faults.clear();
    expect(await refresh()).to.include({ exitCode: 0 });
  });

  const refresh = () =>
    stack.pulumi(ROOT, [
      "refresh",
      "--yes",
      "--skip-preview",
      "--stack",
      "rehearsal",
      "--config-file",
      stack.settingsFile,
    ]);

  const bad: [status: number, fault: (production: Production) => FaultRequest & { kind: string }][] = [
    [500, ({ release }) => ({ kind: "errorsAfter", service: "users", release, share: 0.25 })],
    [503, ({ active }) => ({ kind: "unhealthyAfter", service: "users", colour: active })],
  ];
  for (const [status, fault] of bad) {
    it(`${status}: production answers so until the fault is cleared`, async () => {
      await faults.add(fault(production));
      await answersOf([`${status} ${production.release}`]);
      expect((await faults.list())[0]!.strikes, "on each task").to.be.at.least(TASKS);
      await faults.clear();
      expect(Object.keys(await settled())).to.deep.equal([fine]);
    });
  }

  it("dropZone: one node of each load balancer refuses, the name still leads to the other", async () => {
    await faults.add({ kind: "dropZone", zone: "a" });
    await answersOf([fine]);
    await faults.clear();
    expect(Object.keys(await settled())).to.deep.equal([fine]);
  });

  it("restart: a cutover whose calls break off is done all the same, and nobody in production knows", async () => {
    await stack.push("afterRestart");
    const watch = new ProductionWatch(stack, productionUrl);
    const restart: FaultRequest = {
      kind: "restart",
      operation: "elasticloadbalancing:ModifyRule",
      awaySeconds: 2 * SPEED,
    };
    const { exitCode, errors, events } = await stack.deploy("afterRestart", (event) => {
      if (event.type === "stepStarted" && event.step === "cutover") void faults.add(restart);
    });
    await watch.stop();
    expect(exitCode, errors + JSON.stringify(events.at(-1))).to.equal(0);
    expect(Object.keys(watch.answers)).to.have.members([fine, "200 afterRestart"]);
    const cloudEvents = await readFile(join(stack.directory, "cloud", "events.ndjson"), "utf8");
    expect(cloudEvents.match(/"fault":"restart","id":"f\d+","state":"injected"/g)).to.have.lengthOf(1);
  });

  /** The answers once a change has reached every load balancer. */
  async function settled(): Promise<Record<string, number>> {
    for (;;) {
      const answers = await answersOf([fine]);
      if (Object.keys(answers).length === 1) return answers;
    }
  }
});
