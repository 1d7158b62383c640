import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { processTimes } from "../../../../../../rehearsal/cloud/processes/process-times";
import { CpuMeter } from "../../../../../../rehearsal/cloud/services/autoscaling/model/cpu-meter";

/**
 * CPU seconds that a busy process must have used: many of the kernel's clock ticks, however little of the machine it
 * gets.
 */
const USED_SECONDS = 0.2;

describe("rehearsal/cloud/services/autoscaling/model/cpu-meter", () => {
  const started: ChildProcess[] = [];
  afterEach(() => {
    for (const { pid } of started.splice(0)) process.kill(-pid!, "SIGKILL");
  });

  const start = async (script: string): Promise<number> => {
    const child = spawn("sh", ["-c", script], { detached: true, stdio: "ignore" });
    await once(child, "spawn");
    started.push(child);
    return child.pid!;
  };
  const hasUsed = async (...processIds: number[]) => {
    while (!processIds.every((id) => (processTimes().get(id) ?? 0) >= USED_SECONDS)) await delay(20);
  };

  it("gives the utilisation of busy and idle instances, with one core for each instance", async () => {
    const startedAtMs = performance.now();
    const meter = new CpuMeter();
    const [busy, other, idle] = [
      await start("while :; do :; done"),
      await start("while :; do :; done"),
      await start("sleep 60"),
    ];
    await hasUsed(busy, other);
    const percent = meter.read();
    // What the process had used by then is a lower bound on any machine.
    const leastPercent = (100 * USED_SECONDS * 1000) / (performance.now() - startedAtMs);
    expect(percent([busy])).to.be.within(leastPercent, 100);
    expect(percent([busy, other])).to.be.within(Math.min(100, percent([busy]) + leastPercent), 100);
    expect(percent([idle])).to.be.below(percent([busy]));
    expect(percent([])).to.equal(0);
    // A process that has ended meanwhile counts as 0, never less.
    const ended = started.shift()!;
    process.kill(-ended.pid!, "SIGKILL");
    await once(ended, "exit");
    expect(meter.read()([busy])).to.equal(0);
  });
});
