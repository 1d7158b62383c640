import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { assert } from "chai";
import { holderHasEnded, processMark } from "../../../../automation/core/process/process-mark";
import type { LeaseRecord } from "../../../../automation/ports/store";
import { ELSEWHERE, ME } from "../../store/samples";

const lease = (changes: Partial<LeaseRecord> = {}): LeaseRecord => ({
  holder: ME,
  fencing: 1,
  sinceMs: 0,
  expiresAtMs: 1,
  releasedAtMs: null,
  ...changes,
});

describe("holderHasEnded", () => {
  let endedPid: number;

  before(async () => {
    const child = spawn(process.execPath, ["-e", ""]);
    await once(child, "exit");
    endedPid = child.pid!;
  });

  it("is false where the system does not tell when a process started: a machine of the same name may be another one", () => {
    for (const holder of [ME, { ...ME, pid: endedPid }, { ...ELSEWHERE, pid: endedPid }])
      assert.isFalse(holderHasEnded(lease({ holder })));
  });

  describe("where the system reports when a process started", () => {
    before(function () {
      if (!existsSync("/proc/self/stat")) this.skip();
    });

    it("is true for a process of this machine that has ended, and for no other", () => {
      const mark = processMark(process.pid)!;
      assert.isTrue(holderHasEnded(lease({ holder: { ...ME, pid: endedPid }, process: mark })));
      assert.isFalse(holderHasEnded(lease({ holder: { ...ELSEWHERE, pid: endedPid }, process: mark })));
    });

    it("is true for a process whose pid belongs to another one by now", () => {
      const mark = processMark(process.pid)!;
      assert.isFalse(holderHasEnded(lease({ process: mark })));
      assert.isTrue(holderHasEnded(lease({ process: mark.replace(/\d+$/, "1") })));
    });

    it("is false for another boot or container: a machine of the same name may be another one", () => {
      const [boot, container, start] = processMark(process.pid)!.split(/\/(?!\D*$)/);
      const holder = { ...ME, pid: endedPid };
      assert.isTrue(holderHasEnded(lease({ holder, process: `${boot}/${container}/${start}` })));
      assert.isFalse(holderHasEnded(lease({ holder, process: `another/${container}/${start}` })));
      assert.isFalse(holderHasEnded(lease({ holder, process: `${boot}/pid:[1]/${start}` })));
    });

    it("is true for a zombie", async () => {
      // The shell is stopped before it asks how its child ended.
      const shell = spawn("sh", ["-c", "sh -c : & echo $!; kill -STOP $$; wait"], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      try {
        const [line] = (await once(shell.stdout, "data")) as [Buffer];
        const pid = Number(String(line));
        while (processMark(pid) !== undefined) await new Promise(setImmediate);
        assert.isTrue(holderHasEnded(lease({ holder: { ...ME, pid }, process: processMark(process.pid) })));
      } finally {
        shell.kill("SIGKILL");
      }
    });
  });
});
