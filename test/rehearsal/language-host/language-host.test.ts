import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { isAlive } from "../../../automation/core/process/process-table";
import { ensurePulumiCli, pulumiCliFile } from "../../../automation/pulumi-cli/ensure-pulumi-cli";
import { type LanguageHost, startLanguageHost } from "../../../rehearsal/language-host/language-host";
import { eventually } from "../../eventually";
import { PulumiProject } from "./pulumi-project";

const GOOD = `
  import * as pulumi from "@pulumi/pulumi";
  class Thing extends pulumi.ComponentResource {
    constructor(name: string) { super("tiny:index:Thing", name); this.registerOutputs({}); }
  }
  new Thing("thing");
  console.log("printed to stdout");
  console.error("printed to stderr");
  process.stdout.write("without an end");
  const config = new pulumi.Config();
  export const greeting = \`\${pulumi.getProject()}/\${pulumi.getStack()} greets \${config.require("name")}\`;
  export const token = config.requireSecret("token");
  export const planned = pulumi.runtime.isDryRun();
`;

describe("language host", function () {
  // The first run may build the CLI.
  this.timeout(35 * 60_000);

  let host: LanguageHost;
  let project: PulumiProject;
  before(async () => {
    const cli = pulumiCliFile(await ensurePulumiCli({ onProgress: console.error }));
    host = await startLanguageHost({ address: "127.0.0.1" });
    project = new PulumiProject(cli, host.port);
    project.write("program.ts", GOOD);
    await project.run(["stack", "init", "dev"]);
    await project.run(["config", "set", "name", "Aoi"]);
    await project.run(["config", "set", "--secret", "token", "hush"]);
  });
  after(async () => {
    await host.close();
    project.remove();
  });
  beforeEach(() => project.write("program.ts", GOOD));

  it("previews and brings up a TypeScript program, and shows what it prints", async () => {
    const preview = await project.run(["preview"]);
    expect(preview.code, preview.stdout + preview.stderr).to.equal(0);
    expect(preview.stdout).to.contain("+ 2 to create");
    for (const text of ["printed to stdout", "printed to stderr", "without an end"]) {
      expect(preview.stdout).to.contain(text);
    }
    const up = await project.run(["up", "--yes", "--skip-preview"]);
    expect(up.code, up.stdout + up.stderr).to.equal(0);
    const outputs = await project.run(["stack", "output", "--json", "--show-secrets"]);
    expect(JSON.parse(outputs.stdout)).to.deep.equal({
      greeting: "tiny/dev greets Aoi",
      token: "hush",
      planned: false,
    });
    expect((await project.run(["stack", "output", "--json"])).stdout).to.not.contain("hush");
    expect((await project.run(["up", "--yes"])).stdout).to.contain("2 unchanged");
  });

  it("fails with the program's own error, said once", async () => {
    project.write("program.ts", 'throw new Error("the program is broken");');
    const { code, stdout, stderr } = await project.run(["preview"]);
    expect(code).to.not.equal(0);
    expect((stdout + stderr).split("Error: the program is broken")).to.have.length(2);
    expect(stdout + stderr).to.contain("program.ts:1");
    expect(stdout + stderr).to.not.contain("exit code 32");
  });

  it("fails when the program ends early, and says how", async () => {
    project.write("program.ts", "process.exit(7);");
    const { code, stdout, stderr } = await project.run(["preview"]);
    expect(code).to.not.equal(0);
    expect(stdout + stderr).to.contain("the program ended with exit code 7");
  });

  it("serves two CLIs at the same time, each with its own output", async () => {
    project.write("program.ts", 'console.log("run " + require("@pulumi/pulumi").getStack());');
    await project.run(["stack", "init", "other"]);
    const [dev, other] = await Promise.all(["dev", "other"].map((stack) => project.run(["preview", "--stack", stack])));
    expect(dev?.stdout).to.contain("run dev").and.not.contain("run other");
    expect(other?.stdout).to.contain("run other").and.not.contain("run dev");
    await project.run(["stack", "select", "dev"]);
  });

  it("ends the program when the CLI is interrupted", async () => {
    const pidFile = join(project.folder, "pid");
    project.write(
      "program.ts",
      `require("fs").writeFileSync(${JSON.stringify(pidFile)}, String(process.pid)); setInterval(() => {}, 1000);`,
    );
    const interrupt = new AbortController();
    const preview = project.run(["preview"], interrupt.signal);
    while (!existsSync(pidFile)) await sleep(50);
    interrupt.abort();
    expect((await preview).code).to.not.equal(0);
    const pid = Number(readFileSync(pidFile, "utf8"));
    await eventually("the end of the process", () => !isAlive(pid));
  });
});
