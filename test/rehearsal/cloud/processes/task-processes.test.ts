import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startTimeOf } from "../../../../rehearsal/cloud/processes/process-identity";
import { TaskProcesses } from "../../../../rehearsal/cloud/processes/task-processes";

describe("rehearsal/cloud/processes/task-processes", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "aoshingo-processes-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it("ends the tasks that an earlier cloud left behind in its directory, and says so", async () => {
    const left: ChildProcess = spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
    await once(left, "spawn");
    writeFileSync(join(directory, `${left.pid}@${startTimeOf(left.pid!)}`), "");
    const exit = once(left, "exit");
    const lines: string[] = [];
    const processes = new TaskProcesses(directory, (line) => void lines.push(line));
    await exit;
    expect(lines).to.deep.equal(["ended 1 task(s) that an earlier cloud left behind"]);
    expect(readdirSync(directory)).to.deep.equal([]);
    processes.close();
  });

  it("leaves no listener on the process", () => {
    const before = process.listenerCount("exit");
    const processes = new TaskProcesses(directory, () => {});
    expect(process.listenerCount("exit")).to.equal(before + 1);
    processes.close();
    expect(process.listenerCount("exit")).to.equal(before);
  });
});
