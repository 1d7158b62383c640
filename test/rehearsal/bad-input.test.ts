import { copyFile, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS } from "../../automation/core/package-directory";
import { ensurePulumiCli, pulumiCliFile } from "../../automation/pulumi-cli/ensure-pulumi-cli";
import { openStore } from "../../automation/store/open-store";
import { writeSettings } from "../../rehearsal/environment/rehearsal-stack";
import { changeSettings } from "./running-stack";

const ROOT = join(__dirname, "../..");
const LOOPBACK = "127.33";
const PORT_OFFSET = 33_000;
const DNS_PORT = 53 + PORT_OFFSET;

interface Run {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * The commands as a user types them: one clear line for each fault, no stack trace, an exit code that says whose fault
 * it is.
 */
describe("bad input", () => {
  let directory: string;
  let settingsFile: string;
  let environment: Record<string, string>;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "aoshingo-bad-input-"));
    ({ file: settingsFile } = await writeSettings(directory, {
      ...{ cutover: "routed", drainSeconds: 80, services: ["users"] },
    }));
    await mkdir(join(directory, "state"));
    environment = {
      PULUMI_BACKEND_URL: `file://${directory}/state`,
      PULUMI_HOME: join(directory, "home"),
      PULUMI_CONFIG_PASSPHRASE: "rehearsal",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      AOSHINGO_STORE: join(directory, "store"),
      TMPDIR: directory,
    };
    // Once, so that its progress is not taken for an error.
    await ensurePulumiCli();
  });
  after(() => rm(directory, { recursive: true, force: true }));

  async function run(script: string, args: string[]): Promise<Run> {
    const { exitCode, stdout, stderr } = await execa(process.execPath, [...NODE_ARGUMENTS, script, ...args], {
      cwd: ROOT,
      env: environment,
      stdin: "ignore",
      reject: false,
    });
    return { exitCode: exitCode ?? 1, stdout, stderr };
  }

  const aoshingo = (...args: string[]) => run("automation/cli.ts", args);

  /** The command said this and nothing else. */
  function expectLines({ exitCode, stdout, stderr }: Run, code: number, lines: (string | RegExp)[]): void {
    expect({ exitCode, stdout }, stderr).to.deep.equal({ exitCode: code, stdout: "" });
    const said = stderr.split("\n");
    expect(said, stderr).to.have.lengthOf(lines.length);
    for (const [index, line] of lines.entries()) {
      if (typeof line === "string") expect(said[index]).to.equal(line);
      else expect(said[index]).to.match(line);
    }
  }

  describe("of the deploy command", () => {
    const rehearsal = (...args: string[]) =>
      aoshingo("deploy", "--stack", "rehearsal", "--config-file", settingsFile, ...args);

    it("unknown service: the known ones are named", async () => {
      expectLines(await rehearsal("mailer=v2"), 2, ['unknown service "mailer": the settings have users']);
    });

    it("several wrong arguments: each has its line", async () => {
      expectLines(await rehearsal("=v2", "users=", "users=v1", "users"), 2, [
        '"=v2" is not SERVICE=IMAGE, such as users=v2',
        '"users=" is not SERVICE=IMAGE, such as users=v2',
        'service "users" is named twice: give one image for it',
      ]);
    });

    it("no image, no stack, an unknown option, an unknown command: the use is shown", async () => {
      expectLines(await rehearsal(), 2, [/missing required argument 'service=image'/]);
      expectLines(await aoshingo("deploy", "users=v2"), 2, [/required option '--stack <name>' not specified/]);
      expectLines(await rehearsal("users=v2", "--in-a-hurry"), 2, [/unknown option '--in-a-hurry'/]);
      expectLines(await aoshingo("depoly"), 2, [/unknown command 'depoly'/, "(Did you mean deploy?)"]);
    });

    it("unknown stack: the known ones are named", async () => {
      const known = /^unknown stack "staging": there is no Pulumi\.staging\.yaml; known are prod, rehearsal$/;
      expectLines(await aoshingo("deploy", "--stack", "staging", "users=v2"), 2, [known]);
      expectLines(await aoshingo("status", "--stack", "staging"), 2, [known]);
    });

    it("a stack that has settings but was never made: how to make it", async () => {
      const line =
        /^stack "prod" does not exist: create it with `pulumi stack init prod`, then `pulumi up --stack prod`$/;
      expectLines(await aoshingo("deploy", "--stack", "prod", "users=v2"), 2, [line]);
    });

    it("malformed settings: every fault has its line, with the value given and the value wanted", async () => {
      const folder = join(directory, "malformed");
      const { file } = await writeSettings(folder, { cutover: "sideways", drainSeconds: 80, services: ["users"] });
      await changeSettings(file, ["config", "aoshingo:colour"], "red");
      await changeSettings(file, ["config", "aoshingo:services", "users", "size"], "two");
      await changeSettings(file, ["config", "aoshingo:services", "users", "healthCheck"], { path: "healthz" });
      const { exitCode, stdout, stderr } = await aoshingo(
        ...["deploy", "--stack", "rehearsal", "--config-file", file, "users=v2"],
      );
      expect({ exitCode, stdout }).to.deep.equal({ exitCode: 2, stdout: "" });
      const lines = stderr.split("\n");
      expect(lines, stderr).to.have.lengthOf(4);
      for (const [path, given, wanted] of [
        ["aoshingo:cutover", "sideways", "routed or dns"],
        ["aoshingo:colour", "", ""],
        ["aoshingo:services.users.size", "two", "a whole number from 1 to 100"],
        ["aoshingo:services.users.healthCheck.path", "healthz", "a path that begins with /"],
      ] as const) {
        const line = lines.find((text) => text.includes(path));
        expect(line, `${path} in\n${stderr}`).to.include(given).and.include(wanted);
      }
    });

    it("a settings file that is not there, or is not YAML", async () => {
      const missing = join(directory, "nowhere.yaml");
      expectLines(await aoshingo("deploy", "--stack", "rehearsal", "--config-file", missing, "users=v2"), 2, [
        `settings file ${missing} does not exist: give the path of one`,
      ]);
      expectLines(
        await aoshingo("deploy", "--stack", "rehearsal", "--config-file", join(ROOT, "LICENSE"), "users=v2"),
        2,
        [/^LICENSE is not YAML: /],
      );
    });
  });

  describe("of a stack that is there", () => {
    before(async () => {
      const pulumi = pulumiCliFile(await ensurePulumiCli());
      await copyFile(join(ROOT, "Pulumi.yaml"), join(directory, "Pulumi.yaml"));
      await execa(pulumi, ["stack", "init", "rehearsal", "--non-interactive"], { cwd: directory, env: environment });
    });

    const deploy = () => aoshingo("deploy", "--stack", "rehearsal", "--config-file", settingsFile, "users=v2");

    it("no infrastructure yet: what to run first", async () => {
      expectLines(await deploy(), 2, [
        'stack "rehearsal" has no infrastructure yet: run `pulumi up --stack rehearsal` first',
      ]);
    });

    it("a second deploy while one runs: who holds the lease, and since when", async () => {
      const holder = { who: "aoi@laptop", host: "laptop", pid: 4321, what: "deploy users=v1" };
      const lease = await openStore("rehearsal", { directory: environment.AOSHINGO_STORE, outputs: null }).acquire(
        holder,
      );
      try {
        expectLines(await deploy(), 1, [
          /^a deploy is running: deploy users=v1 by aoi@laptop \(pid 4321 on laptop\) since \d{4}-\d\d-\d\dT[\d:.]+Z; wait for it to end, or `abort --stop-running` takes it back$/,
        ]);
        await lease.assertHeld();
      } finally {
        await lease.release();
      }
    });

    it("leaves no journal and no temporary workspace behind", async () => {
      await deploy();
      expect(await readdir(join(directory, "store", "rehearsal"))).to.not.include("journal");
      expect((await readdir(directory)).filter((name) => name.startsWith("aoshingo-"))).to.deep.equal([]);
    });
  });

  describe("of the rehearsal cloud", () => {
    const cloud = (...args: string[]) =>
      run("rehearsal/cloud/main.ts", [
        ...["--loopback", LOOPBACK, "--port-offset", String(PORT_OFFSET), "--directory", join(directory, "cloud")],
        ...args,
      ]);

    it("a port that is taken: which one, and what to do", async () => {
      const address = `${LOOPBACK}.0.2`;
      const taker = createServer().listen(DNS_PORT, address);
      try {
        expectLines(await cloud(), 1, [
          `Name server 0 cannot listen on ${address}:${DNS_PORT}: another process already does. Stop it (lsof -i :${DNS_PORT} names it) or use another port offset.`,
        ]);
      } finally {
        taker.close();
      }
    });

    it("options that cannot be: the value wanted", async () => {
      expectLines(await cloud("--speed", "0"), 2, [/'--speed <n>'.*wanted a number above 0, given 0/]);
      expectLines(await cloud("--loopback", "10.0"), 2, [/wanted 127\.N, such as 127\.20, given 10\.0/]);
    });
  });
});
