import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { getCli } from "../../../automation/pulumi-cli/get-cli";
import { UserError } from "../../../components/core/user-error";
import { FakeTools } from "./fake-tools";

const REMEDY =
  "Install Pulumi 3.248.0 or newer (https://www.pulumi.com/docs/install/), or allow downloads from get.pulumi.com, " +
  "or install Go 1.26.6 or newer (https://go.dev/dl/); then run this again";
const NO_DOWNLOAD = "download not possible (no route to get.pulumi.com)";

describe("getCli", () => {
  let tools: FakeTools;
  let progress: string[];
  beforeEach(() => {
    tools = new FakeTools();
    progress = [];
  });
  afterEach(() => tools.remove());

  async function get(signal?: AbortSignal): Promise<string> {
    progress = [];
    const { cache, installer } = tools;
    const onProgress = (line: string) => progress.push(line);
    return (await getCli({ cacheFolder: cache, installer, onProgress, ...(signal && { signal }) })).command;
  }

  async function failure(): Promise<UserError> {
    return get().then(
      (command) => expect.fail(`got ${command}`),
      (error) => error,
    );
  }

  const cachedFile = () => join(tools.cachedRoot, "bin", "pulumi");

  it("uses the CLI on PATH, after one check of its version", async () => {
    tools.pulumi(join(tools.bin, "pulumi"), "3.248.0");
    expect(await get()).to.equal("pulumi");
    expect(progress).to.deep.equal([]);
    expect(tools.logged()).to.deep.equal(["version 3.248.0"]);
    expect(tools.cached()).to.deep.equal([]);
  });

  it("prefers its own CLI to an old one on PATH, and checks the old one only once", async () => {
    const old = join(tools.bin, "pulumi");
    tools.pulumi(old, "3.247.9");
    tools.allowDownload();
    expect(await get()).to.equal(cachedFile());
    expect(progress).to.deep.equal([
      `Pulumi CLI 3.260.0: ${old} on PATH is 3.247.9, older than 3.248.0; downloading it`,
    ]);
    tools.logged();
    expect(await get()).to.equal(cachedFile());
    expect(tools.logged()).to.deep.equal(["version 3.260.0"]);
    expect(progress).to.deep.equal([]);

    tools.pulumi(old, "3.261.0-upgraded.1");
    expect(await get()).to.equal("pulumi");
  });

  it("ignores a CLI on PATH that does not run", async () => {
    const broken = join(tools.bin, "pulumi");
    tools.script(broken, "echo 'wrong architecture' >&2; exit 126");
    tools.allowDownload();
    expect(await get()).to.equal(cachedFile());
    expect(progress[0]).to.contain(`${broken} on PATH does not work (wrong architecture); downloading it`);
  });

  it("downloads once, then uses the cached CLI after one check of its version", async () => {
    tools.allowDownload();
    expect(await get()).to.equal(cachedFile());
    expect(progress).to.deep.equal(["Pulumi CLI 3.260.0: pulumi is not on PATH; downloading it"]);
    tools.logged();
    expect(await get()).to.equal(cachedFile());
    expect(progress).to.deep.equal([]);
    expect(tools.logged()).to.deep.equal(["version 3.260.0"]);
    expect(tools.cached()).to.deep.equal(["pulumi-3.260.0"]);
  });

  it("builds if it cannot download, and passes the version to the installer", async () => {
    tools.allowBuild();
    expect(await get()).to.equal(cachedFile());
    expect(progress).to.deep.equal([
      "Pulumi CLI 3.260.0: pulumi is not on PATH; downloading it",
      `${NO_DOWNLOAD}; building it from Go modules, about 3 minutes the first time`,
    ]);
    expect(tools.logged()[0]).to.match(/^\/.*\/pulumi-3\.260\.0\.partial-\w+ 3\.260\.0$/);
    expect(tools.cached()).to.deep.equal(["pulumi-3.260.0"]);
  });

  it("gives the installer, which runs what it downloads, no secret of this environment", async () => {
    const secrets = { AWS_SECRET_ACCESS_KEY: "the-key", PULUMI_CONFIG_PASSPHRASE: "the-passphrase", GITHUB_TOKEN: "t" };
    const needed = { HTTPS_PROXY: "http://proxy.test:3128", NODE_EXTRA_CA_CERTS: "/no-such-authority.pem" };
    const given = { ...secrets, ...needed };
    const own = Object.keys(given).map((name) => [name, process.env[name]] as const);
    Object.assign(process.env, given);
    try {
      const lines = Object.keys(given).map((name) => `echo "${name}=$${name}"`);
      tools.script(tools.installer[0]!, `{ ${lines.join("; ")}; } > "${tools.folder}/given"; exit 1`);
      await failure();
    } finally {
      for (const [name, value] of own)
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
    }
    const [none, wanted] = [Object.keys(secrets).map((name) => `${name}=`), Object.entries(needed)];
    expect(readFileSync(join(tools.folder, "given"), "utf8").trimEnd().split("\n")).to.deep.equal([
      ...none,
      ...wanted.map(([name, value]) => `${name}=${value}`),
    ]);
  });

  it("says in one line what was tried and what to do if nothing works", async () => {
    const error = await failure();
    expect(error).to.be.instanceOf(UserError).and.to.include({ exitCode: 1 });
    expect(error.message).to.equal(
      `no Pulumi CLI: pulumi is not on PATH; ${NO_DOWNLOAD}; build not possible (go is not on PATH). ${REMEDY}`,
    );
    expect(tools.cached()).to.deep.equal([]);
  });

  it("keeps nothing of a build that fails, or whose CLI does not run", async () => {
    tools.script(join(tools.bin, "go"), "echo 'go: module not found' >&2; exit 1");
    expect((await failure()).message).to.contain("build not possible (go: module not found). Install");
    tools.script(join(tools.bin, "go"), 'mkdir -p "$(dirname "$3")"; echo half > "$3"; chmod +x "$3"');
    expect((await failure()).message).to.contain("build not possible (");
    expect(tools.cached()).to.deep.equal([]);
  });

  it("replaces a cached CLI that does not work", async () => {
    tools.script(cachedFile(), "echo 'bad disk' >&2; exit 1");
    tools.allowDownload();
    expect(await get()).to.equal(cachedFile());
    expect(progress).to.deep.equal([
      `Pulumi CLI 3.260.0: pulumi is not on PATH; the one in ${tools.cachedRoot} does not work (bad disk); downloading it`,
    ]);
    expect(tools.cached()).to.deep.equal(["pulumi-3.260.0"]);
    expect(await get()).to.equal(cachedFile());
    expect(progress).to.deep.equal([]);
  });

  it("says which cache folder cannot be written", async () => {
    mkdirSync(join(tools.folder, "cache"));
    writeFileSync(tools.cache, "a file");
    expect((await failure()).message).to.match(
      /^no Pulumi CLI: cannot write to \S+\/cache\/aoshingo \(E\w+: .*\); make it writable, or set XDG_CACHE_HOME to a folder of yours$/,
    );
  });

  it("gives each of several concurrent first runs a CLI that works", async () => {
    tools.allowBuild("sleep 0.3");
    const commands = await Promise.all([get(), get(), get()]);
    expect(commands).to.deep.equal([cachedFile(), cachedFile(), cachedFile()]);
    expect(tools.cached()).to.deep.equal(["pulumi-3.260.0"]);
  });

  it("does not use what a killed run left, and removes it after an hour", async () => {
    tools.allowBuild('mkdir -p "$(dirname "$3")"; cp /bin/sh "$3"; echo half-way >&2; exec sleep 60');
    const script = join(tools.folder, "run.ts");
    const module = join(__dirname, "../../../automation/pulumi-cli/build-cli");
    const half = `${tools.cachedRoot}.partial-killed`;
    mkdirSync(half, { recursive: true });
    writeFileSync(
      script,
      `require("node:child_process").spawn = ((spawn) => (...args) => {
         const child = spawn(...args); child.stderr.on("data", () => console.log(child.pid)); return child;
       })(require("node:child_process").spawn);
       require(${JSON.stringify(module)}).buildCli(${JSON.stringify(half)});`,
    );
    const run = spawn(process.execPath, ["-r", require.resolve("ts-node/register/transpile-only"), script]);
    const [goPid] = await once(createInterface(run.stdout), "line");
    run.kill("SIGKILL");
    await once(run, "close");
    process.kill(Number(goPid), "SIGKILL");

    tools.allowBuild();
    expect(await get()).to.equal(cachedFile());
    expect(tools.cached()).to.deep.equal(["pulumi-3.260.0", "pulumi-3.260.0.partial-killed"]);
    const longAgo = Date.now() / 1000 - 3601;
    utimesSync(half, longAgo, longAgo);
    tools.script(cachedFile(), "exit 1");
    expect(await get()).to.equal(cachedFile());
    expect(tools.cached()).to.deep.equal(["pulumi-3.260.0"]);
  });

  it("aborts a download at once, without trying to build", async () => {
    tools.script(tools.installer[0]!, "exec sleep 600");
    tools.allowBuild();
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error("stopped by the test")), 200);
    const error = await get(stop.signal).catch((reason: Error) => reason);
    expect(error).to.have.property("message", "stopped by the test");
    expect(progress).to.have.length(1);
    expect(tools.cached()).to.deep.equal([]);
  });
});
