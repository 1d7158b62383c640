import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { parsePs, processTimes } from "../../../../rehearsal/cloud/processes/process-times";
import { eventually } from "../../../eventually";

describe("rehearsal/cloud/processes/process-times", () => {
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

  it("adds up a whole group, and tells work from waiting", async () => {
    const busy = await start("while :; do :; done & while :; do :; done");
    const idle = await start("sleep 60 & sleep 60");
    await eventually("CPU of a busy group", () => (processTimes().get(busy) ?? 0) >= 0.3);
    const times = processTimes();
    expect(times.get(idle)).to.be.below(times.get(busy)!);
  });

  it("reads what ps prints", () => {
    expect([
      ...parsePs("    1   0:00.50\n  501  12:01.25\n  501   0:00.75\n 7 01:02:03\n 8 2-00:00:01\nbad line\n"),
    ]).to.deep.equal([
      [1, 0.5],
      [501, 722],
      [7, 3723],
      [8, 172_801],
    ]);
  });
});
