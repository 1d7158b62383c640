import { readFileSync } from "node:fs";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { fetch, ProxyAgent } from "undici";
import { runModule } from "../../automation/core/package-directory";
import { authorityFile } from "../../rehearsal/cloud/environment";
import { STACK } from "../../rehearsal/cloud/settings-source";
import { REGION } from "../../rehearsal/environment/cloud-args";
import { SECRETS_PROVIDER } from "../../rehearsal/environment/rehearsal-stack";
import { pushImage } from "../../rehearsal/images/push-image";
import { linkPackages } from "../link-packages";
import { ProductionWatch } from "./production-watch";
import { changeSettings, RunningStack } from "./running-stack";

const ROOT = join(__dirname, "../..");
const NOTES = "https://notes.rehearsal.test";
const STATS = "https://stats.rehearsal.test";

/** What the plain CLI says of an update without a change. */
const UNCHANGED = /^Resources:\n +\d+ unchanged$/m;

/** The example's program, as its own project, with the plain CLI and the deploy command. */
describe("a program of one's own", () => {
  let cloud: RunningStack;
  let project: string;
  let client: ProxyAgent;

  before(async () => {
    cloud = await RunningStack.startCloud({ loopback: "127.94", portOffset: 38_000, speed: 100 });
    project = join(cloud.directory, "notebook");
    await cp(join(ROOT, "examples/own-program"), project, { recursive: true });
    await installHere(project);
    const file = join(project, `Pulumi.${STACK}.yaml`);
    await changeSettings(file, ["config", "aoshingo:deploy"], {
      ...{ bakeSeconds: 0, drainSeconds: 0, steadySeconds: 0, drainCapSeconds: 0, metricPeriodSeconds: 0.6 },
    });
    for (const service of ["notes", "stats"])
      await changeSettings(file, ["config", "aoshingo:services", service, "healthCheck"], { intervalSeconds: 30 });
    const ca = readFileSync(authorityFile(cloud.cloud.ready.directory), "utf8");
    client = new ProxyAgent({ uri: cloud.environment.HTTPS_PROXY!, requestTls: { ca } });
  });
  after(async () => {
    await client?.close();
    await cloud?.stop();
  });

  async function pulumi(...args: string[]): Promise<string> {
    const { exitCode, text } = await cloud.pulumi(project, [...args, "--stack", STACK]);
    expect(exitCode, text).to.equal(0);
    return text;
  }

  async function aoshingo(...args: string[]): Promise<string> {
    const [command, ...rest] = args;
    const { exitCode, all } = await execa(
      process.execPath,
      runModule("automation/cli", command!, "--stack", STACK, ...rest),
      { cwd: project, env: cloud.environment, stdin: "ignore", all: true, reject: false },
    );
    expect(exitCode, all).to.equal(0);
    return all;
  }

  const push = (service: string, tag: string) =>
    pushImage({
      ...{ service, tag, folder: join(project, "services", service), repository: `notebook/${STACK}/${service}` },
      ...{ environment: [], region: REGION, endpoint: cloud.environment.AWS_ENDPOINT_URL! },
    });

  async function ask(url: string, init: { method?: string; body?: string } = {}): Promise<string> {
    const response = await fetch(url, { dispatcher: client, ...init });
    return `${response.status} ${await response.text()}`.trim();
  }

  it("comes up with what it has of its own", async () => {
    const made = await cloud.pulumi(project, ["stack", "init", STACK, `--secrets-provider=${SECRETS_PROVIDER}`]);
    expect(made.exitCode, made.text).to.equal(0);
    const up = await pulumi("up", "--yes", "--skip-preview");
    expect(up).to.match(/^ +notes +: "https:\/\/notes\.rehearsal\.test"$/m);
    expect(up).to.match(/^ +bucket +: "notes-\w+"$/m);
  });

  it("deploys services that use its bucket and its function", async () => {
    await push("notes", "v1");
    await push("stats", "v1");
    expect(await aoshingo("plan", "notes=v1", "stats=v1")).to.match(/^ *notes .*v1/m);
    await aoshingo("deploy", "notes=v1", "stats=v1");
    expect(await ask(`${NOTES}/first`, { method: "PUT", body: "hello" })).to.equal("204");
    expect(await ask(`${NOTES}/first`)).to.equal("200 hello");
    expect(await ask(`${NOTES}/`)).to.equal("404");
    // The cloud's minute, after which a load balancer gives up, is shorter than a function's start on a busy machine.
    let counted: string;
    do counted = await ask(STATS);
    while (counted.startsWith("504"));
    expect(counted).to.equal('200 {"count":1}');
  });

  it("gives a changed value to the next release and the old one back, without a failed request or another change", async () => {
    const program = join(project, "index.ts");
    const text = readFileSync(program, "utf8");
    const own = "environment: { BUCKET: bucket.bucket }";
    expect(text).to.contain(own);
    await push("stats", "v2");
    const watches = [`${NOTES}/first`, `${STATS}/healthz`].map((url) => new ProductionWatch(cloud, url));
    try {
      await writeFile(program, text.replace(own, "environment: { BUCKET: bucket.bucket, GREETING: bucket.arn }"));
      expect(await aoshingo("preview")).to.match(/notes gets env GREETING none ->\s+notes-\w+\s+with its next release/);
      await pulumi("up", "--yes", "--skip-preview");
      expect(await aoshingo("status")).to.contain("GREETING added");
      await aoshingo("deploy", "notes", "stats=v2");
      await aoshingo("rollback", "notes");
      expect(await aoshingo("status")).to.contain("GREETING added");
      expect(await pulumi("up", "--yes", "--skip-preview")).to.match(UNCHANGED);
    } finally {
      for (const watch of watches) await watch.stop();
    }
    const [notes, stats] = watches.map(({ answers }) => Object.keys(answers));
    expect(notes).to.deep.equal(["200 v1", "200 v1+1"]);
    expect(stats).to.deep.equal(["200 v1", "200 v2"]);
  });

  it("refuses settings without a service of the program in one clear line", async () => {
    const file = join(cloud.directory, "wrong.yaml");
    await cp(join(project, `Pulumi.${STACK}.yaml`), file);
    await changeSettings(file, ["config", "aoshingo:services", "stats"], undefined);
    const { exitCode, text } = await cloud.pulumi(project, ["preview", "--stack", STACK, "--config-file", file]);
    expect(exitCode, text).to.not.equal(0);
    expect(text).to.contain(
      'new Service("stats"): aoshingo:services has no stats, wanted one of its services: notes. Add a block stats to the settings, or change the name here',
    );
    expect(text).to.not.match(/\n\s+at .*\.ts:\d+/);
  });

  it("leaves nothing behind", async () => {
    await pulumi("destroy", "--yes", "--skip-preview");
    expect(JSON.parse(await pulumi("stack", "export")).deployment.resources ?? []).to.deep.equal([]);
  });
});

/** What `npm install` does for the project, from this checkout: without what `npm pack` compiles. */
async function installHere(project: string): Promise<void> {
  linkPackages(project);
  const folder = join(project, "node_modules/aoshingo");
  await mkdir(join(folder, "dist"), { recursive: true });
  await writeFile(join(folder, "package.json"), '{ "name": "aoshingo" }');
  await writeFile(
    join(folder, "components.js"),
    `module.exports = require(${JSON.stringify(join(ROOT, "components/index.ts"))});\n`,
  );
  await cp(join(ROOT, "packaging/project.tsconfig.json"), join(folder, "dist/tsconfig.json"));
}
