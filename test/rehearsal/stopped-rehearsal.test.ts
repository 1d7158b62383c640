import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import { ProcessLedger } from "../../rehearsal/cloud/processes/process-ledger";
import { hasTerminals, TerminalProcess } from "../../rehearsal/cloud/processes/terminal-process";
import { descendants, runningOf, runningProcesses } from "./descendants";

const LOOK_MS = 100;
const MAKE = ["make", "rehearse"];
const NPM = ["npm", "run", "--silent", "rehearse"];

/** How far a rehearsal is when it is stopped, by a line that it prints. */
const AT_START = /Starting the rehearsal cloud/;
const IN_UP = /Bringing up the infrastructure/;
/** Tasks, load balancers, a database and a deploy run. */
const IN_DEPLOY = /Verify that the new release is what runs/;

/** All are in one folder and on the same ports, one as soon as the one before has ended. */
describe("a rehearsal that is stopped", () => {
  let directory: string;
  /** What runs besides, such as the cloud of other files in this process. */
  let others: Set<string>;
  before(async () => {
    others = await runningProcesses();
    directory = await mkdtemp(join(tmpdir(), "aoshingo-stopped-"));
  });
  after(() => rm(directory, { recursive: true, force: true }));

  const variables = () => ({
    ...{ SERVICES: "users", RATE: "20", STREAMS: "0", SSE: "0", BOOT_SECONDS: "0" },
    ...{ LOOPBACK: "127.79", PORT_OFFSET: "45000", DIRECTORY: directory },
  });

  /** Waits until all that was started has ended by itself, after the process that was stopped. */
  async function untilAllEnded(ended: Promise<unknown>): Promise<void> {
    const looking = new AbortController();
    const family = descendants(process.pid, looking.signal);
    await ended;
    looking.abort();
    while ((await runningOf(await family)).some((one) => !others.has(one))) await delay(LOOK_MS);
  }

  /** Runs the command and sends SIGTERM to its process alone when a line says so. @returns what it printed */
  async function stopped(command: string[], when: RegExp): Promise<string> {
    const child: ChildProcess = spawn(command[0]!, command.slice(1), {
      cwd: PROJECT_DIRECTORY,
      env: { ...process.env, ...variables() },
      stdio: ["ignore", "pipe", "pipe"],
      // No signal reaches the others by their group.
      detached: true,
    });
    const lines: string[] = [];
    for (const input of [child.stdout!, child.stderr!])
      createInterface({ input }).on("line", (line) => {
        lines.push(line);
        if (when.test(line)) child.kill("SIGTERM");
      });
    // It comes when all processes have closed the outputs, not when the first has ended.
    await untilAllEnded(once(child, "close"));
    return lines.join("\n");
  }

  function expectStopped(text: string, reason: RegExp): void {
    expect(text).to.match(reason);
    expect(text).to.not.contain("Report:");
    expectNoReport();
  }

  function expectNoReport(): void {
    expect(existsSync(join(directory, "report.json")), "a report").to.equal(false);
  }

  for (const [name, when] of [
    ["while its cloud starts", AT_START],
    ["in a deploy", IN_DEPLOY],
  ] as const)
    it(`by SIGTERM to make ${name} ends all that it started`, async () => {
      expectStopped(await stopped(MAKE, when), /^stopped by SIGTERM$/m);
    });

  // Whether npm's shell becomes the command depends on the shell.
  it("by SIGTERM to npm while the infrastructure comes up ends all that it started", async () => {
    expectStopped(await stopped(NPM, IN_UP), /^stopped (by SIGTERM|because npm, which started it, has ended)$/m);
  });

  it("by the end of its terminal in a deploy ends all that it started", async function () {
    if (!hasTerminals()) this.skip();
    const ledger = new ProcessLedger(join(directory, "ledger"));
    let text = "";
    const terminal: TerminalProcess = new TerminalProcess({
      ...{ command: MAKE, workingDirectory: PROJECT_DIRECTORY, ledger },
      environment: { ...process.env, ...variables() } as Record<string, string>,
      onOutput: (bytes) => {
        text += bytes.toString();
        if (IN_DEPLOY.test(text)) terminal.kill();
      },
    });
    await untilAllEnded(terminal.ended);
    expect(text).to.match(IN_DEPLOY);
    expectNoReport();
  });

  it("leaves its folder and ports to the next one", async () => {
    expectStopped(await stopped(MAKE, IN_UP), /^stopped by SIGTERM$/m);
  });
});
