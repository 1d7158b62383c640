import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { execa } from "execa";
import { NODE_ARGUMENTS } from "../../../automation/core/package-directory";
import type { MatrixResult } from "../../../rehearsal/fault-matrix/matrix";
import { repeatedWhenTooBusy } from "../repeated-when-too-busy";

const ROOT = join(__dirname, "../../..");

/** `make faults`, for a few cases. */
describe("the fault matrix", function () {
  this.timeout(30 * 60_000);

  let directory: string;
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "aoshingo-faults-"));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  const faults = (args: string[], env: Record<string, string> = {}) =>
    execa(process.execPath, [...NODE_ARGUMENTS, "rehearsal/fault-matrix/main.ts", ...args], {
      cwd: ROOT,
      env: { ...env, DIRECTORY: directory, LOOPBACK: "127.36", PORT_OFFSET: "36000" },
      stdin: "ignore",
      reject: false,
    });

  const wrong: [args: string[], line: RegExp][] = [
    [["--only", "restrat"], /there is no restrat; wanted some of throttle, .*restart\./],
    [
      ["--only", "launchFailure", "--step", "cutover"],
      /^--only launchFailure --step cutover: no such fault has an effect/m,
    ],
    [["--pairs", "5", "--only", "restart"], /^--pairs 5 with --only restart: given cases of restart alone, wanted /m],
    [["--step", "preflight"], /there is no preflight; wanted some of warm, migrate, verify, /],
  ];
  for (const [args, line] of wrong) {
    it(`refuses ${args.join(" ")}`, async () => {
      const { exitCode, stderr } = await faults(args);
      expect(stderr).to.match(line);
      expect(exitCode).to.equal(2);
    });
  }

  it("injects faults into deploys under traffic and compares their ends: a restart of the cloud, and a bad release that is rolled back", async () => {
    const { exitCode, text } = await repeatedWhenTooBusy(120, async (rate) => {
      const run = await faults(["--only", "restart,errorsAfter", "--step", "bake"], {
        RATE: String(rate),
        // A bake of 15 real seconds: on a busy machine it takes some until the fault is there and its metrics are, too.
        SPEED: "12",
        BOOT_SECONDS: "0",
      });
      return { exitCode: run.exitCode ?? 1, text: run.stdout + run.stderr };
    });
    expect(exitCode, text).to.equal(0);
    const { version, cases } = JSON.parse(await readFile(join(directory, "faults.json"), "utf8")) as MatrixResult;
    expect(version).to.equal(2);
    const [bad, restart] = cases;
    expect(bad).to.include({ kind: "errorsAfter", end: "rolledBack", failsRequests: true, lost: 0 });
    // No analysis before it had a whole period of metrics.
    expect(bad!.reason).to.match(
      /^bake failed: users: \d+\.\d+ % of \d+ requests got a 5xx or no response between .*; production is back on users v\d+/,
    );
    expect(bad!.failed).to.be.above(0);
    expect(bad!.errors).to.have.all.keys("500");
    expect(restart).to.include({ kind: "restart", injections: 1, failed: 0, lost: 0, doubled: 0 });
    expect(await readFile(join(directory, "faults.md"), "utf8")).to.match(/^\| fault \|/);
  });
});
