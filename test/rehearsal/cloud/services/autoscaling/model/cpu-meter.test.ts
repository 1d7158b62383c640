import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { CpuMeter } from "../../../../../../rehearsal/cloud/services/autoscaling/model/cpu-meter";

const SAMPLE_MS = 400;

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
  const sample = () => new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));

  it("tells busy instances from idle ones, and has one core for each", async () => {
    const meter = new CpuMeter();
    const [busy, other, idle] = [
      await start("while :; do :; done"),
      await start("while :; do :; done"),
      await start("sleep 60"),
    ];
    await sample();
    const percent = meter.next();
    expect(percent([busy])).to.be.within(10, 100);
    expect(percent([busy, other])).to.be.within(percent([busy]), 100);
    expect(percent([idle])).to.be.below(5);
    expect(percent([])).to.equal(0);
    // What has ended meanwhile counts for nothing, and never below 0.
    process.kill(-started.shift()!.pid!, "SIGKILL");
    await sample();
    expect(meter.next()([busy])).to.equal(0);
  });
});
