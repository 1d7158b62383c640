import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect } from "chai";
import { keepPriority, setSessionPriority } from "../../../../automation/core/process/session-priority";

const hasSessions = existsSync("/proc/self/autogroup");

describe("the priority of a session", () => {
  let leader: ChildProcess;
  beforeEach(() => {
    leader = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { detached: true, stdio: "ignore" });
  });
  afterEach(() => leader.kill("SIGKILL"));

  const niceness = () =>
    readFileSync(`/proc/${leader.pid}/autogroup`, "utf8")
      .trim()
      .replace(/^.* nice /, "");
  const until = async (wanted: string) => {
    while (niceness() !== wanted) await new Promise((resolve) => setTimeout(resolve, 10));
  };

  it("is set and set back, also by users of whom Linux takes one change in 100 ms", async function () {
    if (!hasSessions) this.skip();
    setSessionPriority(leader.pid!, 5);
    await until("5");
    setSessionPriority(leader.pid!, 0);
    await until("0");
  });

  it("is the last one that was asked for", async function () {
    if (!hasSessions) this.skip();
    for (const asked of [1, 2, 3, 4]) setSessionPriority(leader.pid!, asked);
    await until("4");
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(niceness()).to.equal("4");
  });

  it("becomes its parent's, which a session of its own does not inherit", async function () {
    if (!hasSessions) this.skip();
    keepPriority(leader.pid, 7);
    await until("7");
  });

  it("of a process that has ended, or of none, is nothing to set", () => {
    expect(() => {
      setSessionPriority(2 ** 22 + 1, 5);
      keepPriority(undefined, 5);
    }).not.to.throw();
  });
});
