import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { isAlive } from "../../../automation/core/process/process-table";
import { failureReason } from "../../../automation/pulumi-cli/failure-reason";
import { runTool } from "../../../automation/pulumi-cli/run-tool";
import { FakeTools } from "./fake-tools";

describe("runTool", () => {
  let tools: FakeTools;
  beforeEach(() => {
    tools = new FakeTools();
  });
  afterEach(() => tools.remove());

  const run = (body: string, options: { limitMs?: number; ownGroup?: boolean; onHeartbeat?: () => void } = {}) => {
    tools.script(join(tools.bin, "tool"), body);
    return runTool([join(tools.bin, "tool")], { limitMs: 10_000, heartbeatMs: 50, ...options });
  };
  const reason = (running: Promise<void>) => running.then(() => "none", failureReason);

  it("reports that a tool is still running", async () => {
    const file = join(tools.folder, "seen");
    let beats = 0;
    const onHeartbeat = () => {
      beats += 1;
      if (beats === 3) writeFileSync(file, "");
    };
    await run(`until [ -e ${file} ]; do sleep 0.05; done`, { onHeartbeat });
    expect(beats).to.be.at.least(3);
  });

  it("rejects with the last line of stderr, else with the exit code", async () => {
    expect(await reason(run("echo first >&2; echo last >&2; exit 3"))).to.equal("last");
    expect(await reason(run("exit 3"))).to.equal("it ended with exit code 3");
    expect(await reason(runTool([join(tools.bin, "none")], { limitMs: 1000 }))).to.match(/^spawn .* ENOENT$/);
  });

  it("kills a tool that exceeds its limit, with all processes that it started", async () => {
    const pidFile = join(tools.folder, "pid");
    const running = run(`sleep 600 & echo $! > ${pidFile}; wait`, { limitMs: 5_000, ownGroup: true });
    expect(await reason(running)).to.equal("it did not end within 5 s");
    const pid = Number(readFileSync(pidFile, "utf8"));
    // The process that adopted it may take a moment to reap it. Mocha's time limit ends it if it goes on.
    while (isAlive(pid)) await sleep(50);
  });

  it("does not wait for a process that the tool left running", async () => {
    const pidFile = join(tools.folder, "left");
    await run(`sleep 600 & echo $! > ${pidFile}`);
    const pid = Number(readFileSync(pidFile, "utf8"));
    expect(isAlive(pid)).to.equal(true);
    process.kill(pid);
  });
});
