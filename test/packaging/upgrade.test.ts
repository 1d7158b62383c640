import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { execa } from "execa";
import { ProxyAgent, request } from "undici";
import { folderDigests } from "../rehearsal/folder-digests";
import { PackedPackage } from "./packed-package";

const NETWORK = ["--loopback", "127.96", "--port-offset", "45000"];
const SPEED = 60;
const PAUSE_MS = 50;
/** The version before: what it has different from this one. */
const OLD = { version: "0.0.9", accessLogDays: 60, without: "keepWarm" };

describe("an older version of the package", function () {
  this.timeout(20 * 60_000);

  let packed: PackedPackage;
  let project: string;

  before(async () => {
    packed = await PackedPackage.make();
    ({ project } = packed);
    await packed.repack("old", makeOlder);
    await packed.begin("old");
  });
  after(() => packed?.remove());

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

  it("is not upgraded where nobody can be asked, unless it is told to be", async () => {
    const digests = await folderDigests(project);
    const { exitCode, text } = await packed.end(packed.program, ["upgrade", "--to", "../new.tgz"], project);
    expect({ exitCode, text }).to.deep.equal({
      exitCode: 2,
      text: "nobody can be asked here, because this is no terminal: give --yes to install it, or --dry-run to see what it changes",
    });
    expect(await folderDigests(project)).to.deep.equal(digests);
  });

  it("is upgraded while production runs, without a failed request", async () => {
    const cloud = spawn(packed.program, ["cloud", ...NETWORK, "--speed", String(SPEED)], {
      ...{ cwd: project, env: { ...process.env, ...packed.environment }, stdio: ["ignore", "pipe", "inherit"] },
    });
    try {
      await said(cloud, "Name servers");
      const env = await shellEnvironment(join(project, "out/cloud/environment.sh"));
      const pulumi = (...args: string[]) =>
        packed.run("pulumi", [...args, "--stack", "prod", "--non-interactive"], project, env);
      await packed.run(
        "pulumi",
        ["stack", "init", "prod", `--secrets-provider=awskms://alias/pulumi?region=${env.AWS_REGION}`],
        project,
        env,
      );
      await pulumi("up", "--yes", "--skip-preview");
      await packed.aoshingo(["push", "hello:v1"], env);
      const settings = join(project, "Pulumi.prod.yaml");
      const quick = "  aoshingo:deploy: { bakeSeconds: 0, drainSeconds: 4, drainCapSeconds: 0 }\n";
      await writeFile(settings, (await readFile(settings, "utf8")).replace("config:\n", `config:\n${quick}`));
      await packed.aoshingo(["deploy", "--stack", "prod", "hello=v1"], env);
      const traffic = new Traffic(env);
      await appendFile(join(project, ".github/workflows/deploy.yml"), "# ours\n");

      const text = await packed.aoshingo(["upgrade", "--to", "../new.tgz", "--stack", "prod", "--yes"], env);
      expect(text).to.include(`aoshingo ${OLD.version} -> ${packed.version}`);
      expect(text).to.match(
        /^Resources of prod: the next `pulumi up` \(or a person's deploy before it\) has 1 to update because of it\n {2}update s3\/\S+/m,
      );
      expect(text).to.match(/^Settings:\n {2}\+ \S*keepWarm/m);
      expect(text).to.match(/^Workflows:\n {2}~ \S*preview\.yml.*\n {2}= \S*deploy\.yml: yours differs/m);
      expect(text).to.include(`Installed ${packed.version}.`);
      expect(text).to.match(/^ {2}git add package\.json package-lock\.json \.github\/workflows\/preview\.yml$/m);
      expect(text).to.match(/^! package\.json names \.\.\/new\.tgz, outside of the repository/m);
      const [preview, deploy] = await Promise.all(
        ["preview", "deploy"].map((name) => readFile(join(project, `.github/workflows/${name}.yml`), "utf8")),
      );
      expect(preview).to.not.include("# older");
      expect(deploy).to.include("# older").and.include("# ours");

      await pulumi("up", "--yes", "--skip-preview");
      await pulumi("preview", "--expect-no-changes");
      await packed.aoshingo(["push", "hello:v2"], env);
      await packed.aoshingo(["deploy", "--stack", "prod", "hello=v2"], env);
      await packed.aoshingo(["rollback", "--stack", "prod"], env);
      expect(await packed.aoshingo(["status", "--stack", "prod"], env)).to.match(/active +v1 .* 1 of 1/);
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
