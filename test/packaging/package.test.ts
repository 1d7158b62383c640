import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import { ProxyAgent, request } from "undici";
import { folderDigests } from "../rehearsal/folder-digests";
import { repeatedWhenTooBusy } from "../rehearsal/repeated-when-too-busy";

const ROOT = join(__dirname, "../..");
const NETWORK = ["--loopback", "127.95", "--port-offset", "55000"];
const SPEED = 60;
const PAUSE_MS = 50;
/** The version before: what it has different from this one. */
const OLD = { version: "0.0.9", accessLogDays: 60, without: "keepWarm" };

/**
 * The package as `npm pack` makes it, in a project of its own. Only its dependencies are not installed again: Node finds those
 * of the repository.
 */
describe("the package", function () {
  this.timeout(20 * 60_000);

  let base: string;
  let project: string;
  let version: string;

  before(async () => {
    base = await mkdtemp(join(tmpdir(), "aoshingo-package-"));
    project = join(base, "shop");
    await mkdir(project);
    await run("npm", ["pack", "--pack-destination", base], ROOT);
    ({ version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")));
    await repack("new", async () => {});
    await repack("old", makeOlder);
  });
  after(() => rm(base, { recursive: true, force: true }));

  const environment = { NODE_PATH: join(ROOT, "node_modules") };

  async function end(command: string, args: readonly string[], cwd: string, env: Record<string, string> = {}) {
    const { exitCode = 1, all: text } = await execa(command, args, {
      ...{ cwd, env: { ...environment, ...env }, stdin: "ignore", all: true, reject: false },
    });
    return { exitCode, text };
  }

  async function run(command: string, args: readonly string[], cwd = project, env: Record<string, string> = {}) {
    const { exitCode, text } = await end(command, args, cwd, env);
    expect(exitCode, `${command} ${args.join(" ")}: ${text}`).to.equal(0);
    return text;
  }

  const program = () => join(project, "node_modules/.bin/aoshingo");
  const aoshingo = (args: readonly string[], env?: Record<string, string>) => run(program(), args, project, env);

  /** Makes `<name>.tgz` of the packed package, without dependencies and changed. */
  async function repack(name: string, change: (folder: string) => Promise<void>): Promise<void> {
    const folder = join(base, name);
    await mkdir(folder);
    await run("tar", ["xzf", `../aoshingo-${version}.tgz`, "--strip-components=1"], folder);
    const file = join(folder, "package.json");
    const { dependencies: _, ...rest } = JSON.parse(await readFile(file, "utf8"));
    await writeFile(file, JSON.stringify(rest));
    await change(folder);
    const [packed] = JSON.parse(await run("npm", ["pack", "--json", "--ignore-scripts", "--loglevel=error"], folder));
    await run("mv", [packed.filename, `../${name}.tgz`], folder);
  }

  async function makeOlder(folder: string): Promise<void> {
    const changes: [string, (text: string) => string][] = [
      ["package.json", (text) => JSON.stringify({ ...JSON.parse(text), version: OLD.version })],
      [
        "dist/components/program/current-stack.js",
        (text) => text.replace(/ACCESS_LOG_DAYS = \d+/, `ACCESS_LOG_DAYS = ${OLD.accessLogDays}`),
      ],
      ["docs/settings.schema.json", (text) => JSON.stringify(without(JSON.parse(text), OLD.without))],
      ["dist/templates/project/.github/workflows/preview.yml", (text) => `${text}# older\n`],
      ["dist/templates/project/.github/workflows/deploy.yml", (text) => `${text}# older\n`],
    ];
    for (const [path, change] of changes) {
      const text = await readFile(join(folder, path), "utf8");
      const changed = change(text);
      expect(changed, path).to.not.equal(text);
      await writeFile(join(folder, path), changed);
    }
  }

  it("has compiled code, types, templates and documents, and no source of ours", async () => {
    const files = (await readdir(join(base, "new"), { recursive: true })).map((path) => path.replaceAll("\\", "/"));
    expect(files).to.include.members([
      "bin/aoshingo.js",
      "dist/index.js",
      "dist/index.d.ts",
      "dist/components/index.js",
      "dist/components/index.d.ts",
      "dist/automation/page/kit/page.css",
      "dist/rehearsal/cloud/processes/launch-container.sh",
      "dist/rehearsal/package-lock.json",
      "dist/services/users/Dockerfile",
      "dist/templates/api/gitignore",
      "docs/settings.schema.json",
      "docs/quick-start.md",
      "docs/components.md",
    ]);
    const source = /^(?!dist\/(?:templates|services\/users)\/).*(?<!\.d)\.ts$/;
    expect(files.filter((path) => source.test(path) || path.includes("node_modules"))).to.deep.equal([]);
  });

  it("begins a project of ten files in an empty folder, and overwrites nothing", async () => {
    await run("npm", ["init", "-y"]);
    await run("npm", ["install", "--no-audit", "--no-fund", "--offline", "../old.tgz"]);
    const text = await aoshingo(["init", "--yes", "--domain", "example.jp", "--region", "eu-west-1"]);
    expect(text).to.include("= package.json").and.include("+ services/hello/main.ts");
    const digests = await folderDigests(project);
    const files = Object.keys(digests).filter((path) => !/^(node_modules|package-lock\.json)/.test(path));
    expect(files.sort()).to.have.lengthOf(10);
    expect(await aoshingo(["init", "--yes", "--domain", "example.com"])).to.include("nothing was written");
    expect(await folderDigests(project)).to.deep.equal(digests);
  });

  it("gives components and the rehearsal to code of the project's own", async () => {
    const code = `
      const { program, Network, Edge, Service } = require("aoshingo/components");
      const { RehearsalEnvironment } = require("aoshingo/rehearsal");
      console.log([program, Network, Edge, Service, RehearsalEnvironment].map((one) => typeof one).join());`;
    expect(await run(process.execPath, ["-e", code])).to.match(/^function,function,function,function,function$/m);
  });

  it("is not upgraded where nobody can be asked, unless it is told to be", async () => {
    const digests = await folderDigests(project);
    const { exitCode, text } = await end(program(), ["upgrade", "--to", "../new.tgz"], project);
    expect({ exitCode, text }).to.deep.equal({
      exitCode: 2,
      text: "nobody can be asked here, because this is no terminal: give --yes to install it, or --dry-run to see what it changes",
    });
    expect(await folderDigests(project)).to.deep.equal(digests);
  });

  it("rehearses it: a whole deploy under load, in the role of its jobs, without a failed request", async () => {
    const settings = join(project, "Pulumi.prod.yaml");
    const before = await readFile(settings, "utf8");
    const key = "arn:aws:kms:eu-west-1:999999999999:key/11111111-2222-3333-4444-555555555555";
    const ci = `  aoshingo:ci: { repository: acme/shop, environment: production, secretsKey: "${key}" }\n`;
    await writeFile(settings, before.replace("config:\n", `config:\n${ci}`));
    const { exitCode, text } = await repeatedWhenTooBusy(20, (rate) =>
      end(program(), ["rehearse", ...NETWORK, "--rate", String(rate), "--speed", "40", "--json"], project),
    );
    expect(exitCode, text).to.equal(0);
    const report = JSON.parse(text.split("\n").find((line) => line.startsWith("{"))!);
    expect(report).to.include({ ok: true });
    expect(text).to.match(/: 0 failed|"ok":true/);
    const accesses = await readFile(join(project, "out/rehearsal/cloud/access.ndjson"), "utf8");
    expect(accesses, "deploys act in the role of their jobs").to.match(/"roleName":"ci-deploy-/);
    await writeFile(settings, before);
  });

  it("is upgraded while production runs, without a failed request", async () => {
    const cloud = spawn(program(), ["cloud", ...NETWORK, "--speed", String(SPEED)], {
      ...{ cwd: project, env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "inherit"] },
    });
    try {
      await said(cloud, "Name servers");
      const env = await shellEnvironment(join(project, "out/cloud/environment.sh"));
      const pulumi = (...args: string[]) =>
        run("pulumi", [...args, "--stack", "prod", "--non-interactive"], project, env);
      await run(
        "pulumi",
        ["stack", "init", "prod", `--secrets-provider=awskms://alias/pulumi?region=${env.AWS_REGION}`],
        project,
        env,
      );
      await pulumi("up", "--yes", "--skip-preview");
      await aoshingo(["push", "hello:v1"], env);
      const settings = join(project, "Pulumi.prod.yaml");
      const quick = "  aoshingo:deploy: { bakeSeconds: 0, drainSeconds: 4, drainCapSeconds: 0 }\n";
      await writeFile(settings, (await readFile(settings, "utf8")).replace("config:\n", `config:\n${quick}`));
      await aoshingo(["deploy", "--stack", "prod", "hello=v1"], env);
      const traffic = new Traffic(env);
      await appendFile(join(project, ".github/workflows/deploy.yml"), "# ours\n");

      const text = await aoshingo(["upgrade", "--to", "../new.tgz", "--stack", "prod", "--yes"], env);
      expect(text).to.include(`aoshingo ${OLD.version} -> ${version}`);
      expect(text).to.match(
        /^Resources of prod: the next `pulumi up` has 1 to update because of it\n {2}update s3\/\S+/m,
      );
      expect(text).to.match(/^Settings:\n {2}\+ \S*keepWarm/m);
      expect(text).to.match(/^Workflows:\n {2}~ \S*preview\.yml.*\n {2}= \S*deploy\.yml: yours differs/m);
      expect(text).to.include(`Installed ${version}.`);
      expect(text).to.match(/^ {2}git add package\.json package-lock\.json \.github\/workflows\/preview\.yml$/m);
      expect(text).to.match(/^! package\.json names \.\.\/new\.tgz, outside of the repository/m);
      const [preview, deploy] = await Promise.all(
        ["preview", "deploy"].map((name) => readFile(join(project, `.github/workflows/${name}.yml`), "utf8")),
      );
      expect(preview).to.not.include("# older");
      expect(deploy).to.include("# older").and.include("# ours");

      await pulumi("up", "--yes", "--skip-preview");
      await pulumi("preview", "--expect-no-changes");
      await aoshingo(["push", "hello:v2"], env);
      await aoshingo(["deploy", "--stack", "prod", "hello=v2"], env);
      await aoshingo(["rollback", "--stack", "prod"], env);
      expect(await aoshingo(["status", "--stack", "prod"], env)).to.match(/active +v1 .* 1 of 1/);
      const { sent, failures } = await traffic.stop();
      expect(failures).to.deep.equal([]);
      expect(sent).to.be.above(20);
    } finally {
      cloud.kill("SIGTERM");
      if (cloud.exitCode === null) await once(cloud, "exit");
    }
  });
});

/** Requests to production, one after the other, by curl's way through the cloud's proxy. */
class Traffic {
  #sent = 0;
  readonly #failures: string[] = [];
  readonly #stopped = new AbortController();
  readonly #agent: ProxyAgent;
  readonly #done: Promise<void>;

  constructor(env: Record<string, string>) {
    const ca = require("node:fs").readFileSync(env.NODE_EXTRA_CA_CERTS!);
    this.#agent = new ProxyAgent({ uri: env.HTTPS_PROXY!, requestTls: { ca } });
    this.#done = this.#send();
  }

  async stop(): Promise<{ sent: number; failures: readonly string[] }> {
    this.#stopped.abort();
    await this.#done;
    await this.#agent.close();
    return { sent: this.#sent, failures: this.#failures };
  }

  async #send(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      this.#sent += 1;
      try {
        const { statusCode, body } = await request("https://hello.example.jp/", { dispatcher: this.#agent });
        await body.dump();
        if (statusCode !== 200) this.#failures.push(`${statusCode}`);
      } catch (error) {
        this.#failures.push((error as Error).message);
      }
      await delay(PAUSE_MS);
    }
  }
}

/** Resolves when a process has printed this. */
async function said(child: ChildProcess, words: string): Promise<void> {
  let text = "";
  for await (const chunk of child.stdout!) {
    text += chunk;
    if (text.includes(words)) break;
  }
  expect(text).to.include(words);
}

/** The variables that a script exports. */
async function shellEnvironment(script: string): Promise<Record<string, string>> {
  const { stdout } = await execa("/bin/sh", ["-c", `. '${script}' && env -0`], { env: {} });
  return Object.fromEntries(
    stdout
      .split("\0")
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}

function without(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.filter((one) => one !== name).map((one) => without(one, name));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, one]) => (key === name ? [] : [[key, without(one, name)]])),
  );
}
