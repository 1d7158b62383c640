import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startTimeOf } from "../../../../rehearsal/cloud/processes/process-identity";
import { ProcessLedger } from "../../../../rehearsal/cloud/processes/process-ledger";
import { PLAIN } from "../../../../rehearsal/cloud/processes/surroundings";
import { TaskProcess } from "../../../../rehearsal/cloud/processes/task-process";

describe("rehearsal/cloud/processes/task-process", () => {
  let directory: string;
  let ledger: ProcessLedger;
  let lines: string[];

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "aoshingo-task-"));
    ledger = new ProcessLedger(join(directory, "ledger"));
    lines = [];
  });
  afterEach(() => {
    ledger.killAll();
    rmSync(directory, { recursive: true, force: true });
  });

  const start = (script: string, environment: Record<string, string> = {}) =>
    TaskProcess.start({
      command: ["sh", "-c", script],
      workingDirectory: directory,
      environment,
      ledger,
      onLine: (line) => void lines.push(line),
    });
  const sawLine = async (line: string) => {
    while (!lines.includes(line)) await new Promise((resolve) => setTimeout(resolve, 5));
  };

  it("gives lines of both outputs, the exit code, and only the environment that it is given", async () => {
    process.env.AOSHINGO_SECRET = "no";
    const running = await start('echo "$NAME" "$AOSHINGO_SECRET" here; echo wrong >&2; exit 3', { NAME: "users" });
    expect(await running.exited).to.equal(3);
    await sawLine("users  here");
    await sawLine("wrong");
    expect(readdirSync(join(directory, "ledger"))).to.deep.equal([]);
    delete process.env.AOSHINGO_SECRET;
  });

  it("stops with SIGTERM, and the process may answer it", async () => {
    const running = await start('trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.05; done');
    await sawLine("ready");
    expect(await running.stop(10_000)).to.equal(0);
    await sawLine("bye");
  });

  it("kills what ignores SIGTERM, after the grace", async () => {
    const running = await start('trap "" TERM; echo ready; while :; do sleep 0.05; done');
    await sawLine("ready");
    const asked = Date.now();
    expect(await running.stop(200)).to.equal(137);
    expect(Date.now() - asked).to.be.at.least(190);
  });

  it("stops a container whose first process has ended when it is to get the signal", async () => {
    const running = await TaskProcess.start({
      ...{ command: ["sh", "-c", 'trap "" TERM; echo ready; while :; do sleep 0.05; done'], environment: {} },
      ...{ workingDirectory: directory, ledger, onLine: (line: string) => void lines.push(line) },
      container: {
        ...{ surroundings: { ...PLAIN, signalsFirstProcess: true }, hasInit: true, imageDirectory: directory },
        ...{ readOnlyRoot: false, tmpfsMib: undefined, memoryMib: undefined },
      },
    });
    await sawLine("ready");
    const ended = spawnSync("true").pid;
    Object.defineProperty(running, "firstProcess", { get: () => ended });
    expect(await running.stop(100)).to.equal(137);
  });

  it("ends the whole group with its first process", async () => {
    const running = await start('sleep 60 & echo "$!"; exit 0');
    await running.exited;
    while (lines.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    const child = Number(lines[0]);
    while (startTimeOf(child)) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it("says when the command cannot start", async () => {
    const failure = await TaskProcess.start({
      command: ["no-such-program"],
      workingDirectory: directory,
      environment: {},
      ledger,
      onLine: () => {},
    }).catch((error: Error) => error.message);
    expect(failure).to.contain('exec: "no-such-program": executable file not found in $PATH');
  });
});
