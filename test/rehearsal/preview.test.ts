import "../../automation/core/silent-aws-sdk";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import type { PreviewReport } from "../../automation/preview/preview-report";
import { stateFolder } from "../../rehearsal/cloud/environment";
import { STACK } from "../../rehearsal/cloud/settings-source";
import { asRole } from "../../rehearsal/environment/role-session";
import { serviceFolder } from "../../rehearsal/images/build-image";
import { checkOut } from "./checkout";
import { folderDigests } from "./folder-digests";
import { changeSettings, RunningStack } from "./running-stack";

const PLACE = { loopback: "127.28", portOffset: 28_000, speed: 200 };
const SERVICES = ["config", "aoshingo:services"];
const SETTINGS = `Pulumi.${STACK}.yaml`;

interface Previewed {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** Of the Markdown; as many as the cases look at. */
  lines: string[];
}

/** Pull requests, each previewed from a clean checkout of its own against one stack that runs. */
describe("a preview of a pull request", () => {
  let stack: RunningStack;
  /** Never changed: each case copies it. */
  let main: string;
  let count = 0;

  before(async () => {
    stack = await RunningStack.start(PLACE, { services: ["users", "doodle"] });
    // Its own code wants the worker, too.
    await changeSettings(stack.settingsFile, [...SERVICES, "doodle", "test"], undefined);
    main = join(stack.directory, "main");
    await checkOut(main);
    await cp(stack.settingsFile, join(main, SETTINGS));
    await stack.push("v1");
    await stack.push("v1", "none", "doodle", serviceFolder("users"));
    const { exitCode, errors, events } = await stack.deployAll(["users=v1", "doodle=v1"]);
    expect(exitCode, errors + JSON.stringify(events.at(-1))).to.equal(0);
  });
  after(() => stack?.stop());

  /**
   * `npx aoshingo preview` as the preview role, in a checkout that a pull request changed; the stack's backend and the
   * checkout stay as they are.
   */
  async function previewed(change: (checkout: string) => Promise<void>, ...args: string[]): Promise<Previewed> {
    const checkout = join(stack.directory, `pull-${count++}`);
    await cp(main, checkout, { recursive: true });
    await change(checkout);
    const markdown = join(stack.directory, "preview.md");
    const { directory } = stack.cloud.ready;
    const state = stateFolder(directory);
    const before = await Promise.all([folderDigests(checkout), folderDigests(state)]);
    const { exitCode, stdout, stderr } = await execa(
      "npm",
      ["run", "--silent", "preview", "--", "--stack", STACK, "--markdown", markdown, ...args],
      {
        cwd: checkout,
        env: await asRole(
          "preview",
          { repository: "example/shop", environment: STACK, branch: "main" },
          stack.environment,
          directory,
        ),
        stdin: "ignore",
        reject: false,
      },
    );
    expect(await Promise.all([folderDigests(checkout), folderDigests(state)])).to.deep.equal(before);
    const lines = (await readFile(markdown, "utf8")).split("\n");
    expect(lines.slice(-2)).to.deep.equal([`<!-- aoshingo preview ${STACK} -->`, ""]);
    return { exitCode: exitCode ?? 1, stdout, stderr, lines };
  }

  const settings = (path: string[], value: unknown) => (checkout: string) =>
    changeSettings(join(checkout, SETTINGS), path, value);

  function expectFine({ exitCode, stderr }: Previewed): void {
    expect({ exitCode, stderr }).to.deep.equal({ exitCode: 0, stderr: "" });
  }

  it("that changes nothing says so", async () => {
    const run = await previewed(async () => {}, "--fail-on-replace");
    expectFine(run);
    expect(run.lines[0]).to.equal("Merging this to rehearsal changes no resource.");
    expect(run.stdout).to.equal("Merging this to rehearsal changes no resource.");
  });

  it("that adds a service says which, and what it costs", async () => {
    const run = await previewed(
      settings([...SERVICES, "voting"], { kind: "api", size: 1 }),
      "--fail-on-replace",
      "--json",
    );
    expectFine(run);
    expect(run.lines[0]).to.match(
      /^Merging this to rehearsal adds the api voting and changes \d+ resources \(\d+ to create\)\.$/,
    );
    expect(run.lines).to.include("- voting: 1 x t3.small from its first release on");
    const report = JSON.parse(run.stdout) as PreviewReport;
    expect(report.changes.map(({ operation, service }) => `${operation} ${service}`)).to.satisfy((all: string[]) =>
      all.every((one) => one === "create voting"),
    );
  });

  it("that removes a service says first what goes with it", async () => {
    const run = await previewed(settings([...SERVICES, "doodle"], undefined), "--fail-on-replace");
    expectFine(run);
    expect(run.lines[0]).to.equal(
      "**Removes the service doodle and what carries its traffic: 2 records, 4 rules, 4 target groups, 2 Auto Scaling groups, 2 clusters, 2 ECS services. Requests to it fail from then on.**",
    );
    expect(run.lines[1]).to.match(
      /^Merging this to rehearsal removes doodle and changes \d+ resources \(\d+ to delete\)\.$/,
    );
    expect(run.lines).to.include("- doodle: 2 instances removed");
  });

  it("that changes a port says when it comes", async () => {
    const run = await previewed(settings([...SERVICES, "doodle", "port"], 4_000), "--fail-on-replace");
    expectFine(run);
    expect(run.lines[0]).to.equal(
      "Merging this to rehearsal changes no resource; doodle gets port 3000 -> 4000 with its next release.",
    );
  });

  it("that would replace a load balancer says so first, and can be made to fail", async () => {
    const rename = async (checkout: string) => {
      const file = join(checkout, "components", "edge", "edge.ts");
      const text = await readFile(file, "utf8");
      const renamed = text.replace('loadBalancerType: "application",', `$&\n      name: \`new-\${name}\`,`);
      expect(renamed).to.not.equal(text);
      await writeFile(file, renamed);
    };
    const run = await previewed(rename, "--fail-on-replace");
    expect(run.exitCode).to.equal(3);
    expect(run.lines[0]).to.match(
      /^\*\*Replaces what carries traffic: 4 load balancers \(alb-internal-blue, alb-internal-green, public-blue, public-green\), \d+ listeners \(.*\), \d+ rules \(.*\)/,
    );
    expect(run.lines[1]).to.match(/^Merging this to rehearsal changes \d+ resources \(.*\d+ to replace\)\.$/);
    expect(run.stderr).to.match(/^Replaces what carries traffic: 4 load balancers/);
  });

  it("that the program refuses, because load balancers would be replaced, says why first", async () => {
    const run = await previewed(settings(["config", "aoshingo:network"], { cidr: "10.1.0.0/16" }));
    expect(run.exitCode).to.equal(1);
    expect(run.lines[0]).to.match(
      /^\*\*The preview of rehearsal failed:\*\* aoshingo:network\.cidr: given 10\.1\.0\.0\/16, but the stack has 10\.0\.0\.0\/16: a change replaces network and load balancers of doodle, users/,
    );
    expect(run.stderr).to.match(/^aoshingo:network\.cidr: given 10\.1\.0\.0\/16/);
  });

  it("with wrong settings says what is wrong, and ends with 2", async () => {
    const run = await previewed(settings([...SERVICES, "doodle", "sise"], 4));
    expect(run.exitCode).to.equal(2);
    expect(run.lines[0]).to.match(/^\*\*The preview of rehearsal failed:\*\* aoshingo:services\.doodle\.sise/);
  });
});
