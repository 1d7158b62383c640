import { expect } from "chai";
import { killGroup } from "../../../../automation/core/process/kill-group";

describe("killGroup", () => {
  /** What was called, on a system that has the process, or not. */
  function on(platform: NodeJS.Platform, status = 0) {
    const calls: unknown[] = [];
    const kill = (pid: number, signal?: string | number): true => {
      calls.push([pid, signal]);
      return true;
    };
    const run = (file: string, args: readonly string[]) => {
      calls.push([file, ...args]);
      return { status };
    };
    return { calls, end: (signal: "SIGTERM" | "SIGKILL") => killGroup(12, signal, { platform, kill, run }) };
  }

  it("sends the signal to the group", () => {
    const { calls, end } = on("linux");
    end("SIGTERM");
    expect(calls).to.deep.equal([[-12, "SIGTERM"]]);
  });

  it("ends the process tree on Windows, which has no groups", () => {
    const { calls, end } = on("win32");
    end("SIGTERM");
    expect(calls).to.deep.equal([["taskkill", "/pid", "12", "/t", "/f"]]);
  });

  it("fails if there is no such process, there as here", () => {
    expect(() => on("win32", 128).end("SIGKILL")).to.throw("no process 12");
    expect(() => killGroup(2 ** 22 + 1, "SIGKILL")).to.throw("ESRCH");
  });
});
