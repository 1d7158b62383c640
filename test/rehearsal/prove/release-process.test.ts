import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { isAlive } from "../../../automation/core/process/process-table";
import { runCommand } from "../../../rehearsal/prove/release-process";

describe("runCommand of a release", () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "aoshingo-command-"));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const run = (command: string, signal: AbortSignal) => {
    const nothing = { command: undefined, environment: {}, migrate: undefined, health: undefined };
    return runCommand({ name: "v1", directory, ...nothing }, command, {}, signal);
  };

  it("returns its exit code and its output", async () => {
    const { code, stdout, stderr } = await run("echo out; echo err >&2; exit 3", new AbortController().signal);
    expect({ code, stdout, stderr }).to.deep.equal({ code: 3, stdout: "out\n", stderr: "err\n" });
  });

  it("ends it by the signal, with what it has started", async () => {
    const stop = new AbortController();
    const started = join(directory, "started");
    const running = run("sleep 600 & echo $! > pid; mv pid started; wait", stop.signal);
    while (!existsSync(started)) await delay(10);
    stop.abort();
    expect((await running).code).to.not.equal(0);
    const pid = Number(readFileSync(started, "utf8"));
    // What adopts it may take a moment to take its end.
    while (isAlive(pid)) await delay(10);
  });

  it("does not begin one after the signal", async () => {
    expect((await run("sleep 600", AbortSignal.abort())).code).to.not.equal(0);
  });
});
