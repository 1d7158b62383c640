import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startTimeOf } from "../../../../rehearsal/cloud/processes/process-identity";
import { ProcessLedger, signalGroup, signalProcess } from "../../../../rehearsal/cloud/processes/process-ledger";

function sleeper() {
  return spawn("sleep", ["60"], { detached: true, stdio: "ignore" });
}

describe("rehearsal/cloud/processes/process-ledger", () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "aoshingo-ledger-"));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  it("ends what a killed cloud left behind", async () => {
    const left = sleeper();
    await once(left, "spawn");
    new ProcessLedger(directory).add(left.pid!);
    expect(readdirSync(directory)).to.deep.equal([`${left.pid}@${startTimeOf(left.pid!)}`]);
    const exit = once(left, "exit");
    expect(new ProcessLedger(directory).endOrphans()).to.equal(1);
    expect((await exit)[1]).to.equal("SIGKILL");
    expect(readdirSync(directory)).to.deep.equal([]);
  });

  it("leaves a later process with the same id alone", async () => {
    const other = sleeper();
    await once(other, "spawn");
    writeFileSync(join(directory, `${other.pid}@1`), "");
    expect(new ProcessLedger(directory).endOrphans()).to.equal(0);
    expect(startTimeOf(other.pid!)).to.be.a("string");
    const exit = once(other, "exit");
    process.kill(-other.pid!, "SIGKILL");
    await exit;
  });

  it("kills all that run, and knows that they are gone", async () => {
    const ledger = new ProcessLedger(directory);
    const running = [sleeper(), sleeper()];
    await Promise.all(running.map((child) => once(child, "spawn")));
    for (const child of running) ledger.add(child.pid!);
    const exits = running.map((child) => once(child, "exit"));
    ledger.killAll();
    await Promise.all(exits);
    expect(readdirSync(directory)).to.deep.equal([]);
    expect(startTimeOf(running[0]!.pid!)).to.equal(undefined);
  });

  it("takes EPERM of a group for its end, as macOS says while its processes are not reaped", () => {
    const { kill } = process;
    process.kill = () => {
      throw Object.assign(new Error("kill EPERM"), { code: "EPERM" });
    };
    try {
      signalGroup(1, "SIGKILL");
      expect(() => signalProcess(1, "SIGTERM")).to.throw("EPERM");
    } finally {
      process.kill = kill;
    }
  });
});
