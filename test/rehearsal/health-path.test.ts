import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS } from "../../automation/core/package-directory";
import type { PreviewReport } from "../../automation/preview/preview-report";
import type { Status } from "../../automation/status/status";
import { FaultsClient } from "../../rehearsal/cloud/faults/faults-client";
import { ProductionWatch } from "./production-watch";
import { changeSettings, type RunningStack } from "./running-stack";
import { sharedStack } from "./shared-stack";

const DOORS = ["config", "aoshingo:services", "doors"];
const FOLDER = join(__dirname, "health-path-service");

/** A service whose releases are healthy at one path each, deployed in the role that CI has for it. */
describe("a health path that changes with a release", () => {
  let stack: RunningStack;
  let watch: ProductionWatch | undefined;

  before(async () => {
    stack = await sharedStack({ from: "release" });
  });
  after(async () => {
    await watch?.stop();
    if (!stack) return;
    await faults().clear();
    await changeSettings(stack.settingsFile, DOORS, undefined);
    await stack.up();
  });

  const faults = () => new FaultsClient(stack.environment.AWS_ENDPOINT_URL!);
  /** The load balancers ask for the one path, and the code answers at the other. */
  const set = (asked: string, answered = asked) =>
    changeSettings(stack.settingsFile, DOORS, {
      ...{ kind: "api", size: 1, env: { HEALTH: answered } },
      healthCheck: { path: asked, intervalSeconds: 30, unhealthyCount: 2 },
    });
  const paths = async () => {
    const { blue, green } = (await stack.outputs()).services.doors!.colours;
    return [blue.healthCheckPath, green.healthCheckPath];
  };

  async function deploy(release: string, ...options: string[]): Promise<void> {
    const { exitCode, errors, events } = await stack.run("deploy", [release, ...options]);
    expect(exitCode, errors + JSON.stringify(events.at(-1))).to.equal(0);
  }

  async function printed<Answer>(command: "status" | "preview"): Promise<Answer> {
    const { stdout, stderr, exitCode } = await execa(
      process.execPath,
      [
        ...[...NODE_ARGUMENTS, "automation/cli.ts", command, "--stack", "rehearsal", "--json"],
        ...["--config-file", stack.settingsFile],
      ],
      { cwd: join(__dirname, "../.."), env: stack.environment, stdin: "ignore", reject: false },
    );
    expect(exitCode, stderr).to.equal(0);
    return JSON.parse(stdout) as Answer;
  }

  it("that is wrong from the start is put right by the next deploy", async () => {
    await set("/wrong", "/old");
    await stack.up();
    await stack.push("v1", "none", "doors", FOLDER);
    await stack.push("v2", "none", "doors", FOLDER);
    const { exitCode, errors } = await stack.run("deploy", ["doors=v1"]);
    expect(exitCode, errors).to.equal(1);
    await set("/old");
    await deploy("doors=v1");
    expect(await stack.production("doors")).to.include({ active: "blue", release: "v1+1" });
  });

  it("is asked of the release that has it, and of no other one: production never fails", async () => {
    watch = new ProductionWatch(stack, "https://doors.rehearsal.test/");
    await set("/new");
    const { services, changes } = await printed<PreviewReport>("preview");
    // Green has had no release yet.
    expect(changes.map(({ name }) => name)).to.have.members(["doors-green-at-blue", "doors-green-at-green"]);
    expect(services.find(({ service }) => service === "doors")!.nextRelease).to.include(
      "healthCheck.path /old -> /new",
    );
    expect((await printed<Status>("status")).services.doors!.undeployed).to.deep.equal([
      "HEALTH changed",
      "healthCheck.path /old -> /new",
    ]);
    await stack.up();
    expect(await paths()).to.deep.equal(["/old", "/new"]);
    await deploy("doors=v2");
    expect(await paths()).to.deep.equal(["/old", "/new"]);
    const back = await stack.run("rollback", ["doors"]);
    expect(back.exitCode, back.errors).to.equal(0);
    expect(await paths()).to.deep.equal(["/old", "/new"]);
    await stack.untilTargets("blue", "healthy", "doors");
    await watch.stop();
    expect(Object.keys(watch.answers).sort()).to.deep.equal(["200 v1+1", "200 v2"]);
  });

  it("that is wrong for what runs, so that nothing is healthy, is put right by a deploy with the option", async () => {
    const { release, active } = (await stack.production("doors"))!;
    await faults().add({ kind: "unhealthyAfter", service: "doors", release, afterSeconds: 0, since: "now" });
    await stack.untilTargets(active, "unhealthy", "doors");
    await set("/right");
    const refused = await stack.run("deploy", ["doors"]);
    expect(refused.exitCode, refused.errors).to.equal(1);
    await deploy("doors", "--despite-unhealthy", "wrong health path");
    const now = await stack.production("doors");
    expect(now).to.deep.equal({ active: "green", idle: "blue", release: "v1+2" });
    expect(await paths()).to.deep.equal(["/old", "/right"]);
  });
});
