import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect } from "chai";
import { WatchedLimits } from "../../../../rehearsal/cloud/processes/memory-limits";

const holding = (mib: number) =>
  spawn(
    process.execPath,
    ["-e", `const held = Buffer.alloc(${mib} * 1024 * 1024, 1); console.log(held[0]); process.stdin.resume();`],
    { detached: true, stdio: ["pipe", "pipe", "ignore"] },
  );

describe("rehearsal/cloud/processes/memory-limits, without cgroups", () => {
  it("kills the process group that holds more than its limit, and no other", async function () {
    if (process.platform !== "linux") this.skip();
    const limits = new WatchedLimits();
    const [large, small] = [holding(300), holding(1)];
    const [largeLimit, smallLimit] = [limits.create(128), limits.create(128)];
    await Promise.all([large, small].map(({ stdout }) => once(stdout!, "data")));
    const exit = once(large, "exit");
    smallLimit.begin(small.pid!);
    largeLimit.begin(large.pid!);
    expect(await exit).to.deep.equal([null, "SIGKILL"]);
    expect([largeLimit.hasKilled, smallLimit.hasKilled, small.exitCode]).to.deep.equal([true, false, null]);
    const end = once(small, "exit");
    small.stdin!.end();
    await end;
    largeLimit.end();
    smallLimit.end();
  });
});
