import { type ChildProcess, type StdioOptions, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { existsSync } from "node:fs";
import { open } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { assert } from "chai";
import { NODE_ARGUMENTS } from "../../../../automation/core/package-directory";
import { untilStopped } from "../../../../automation/core/process/until-stopped";
import { PROJECT_DIRECTORY } from "../../../../automation/core/project-directory";
import { watchStatus } from "../../../../automation/status/watch-status";
import { FakeClock } from "../../deploy/scene";
import { live } from "../../deploy/worlds";
import { statusOf } from "../../status/samples";

/** A command that writes on and on. */
const SCRIPT = `
const { setTimeout } = require("node:timers/promises");
const { endWith } = require("./automation/core/process/command-end");
const { untilStopped } = require("./automation/core/process/until-stopped");
void endWith(() => untilStopped(async (signal) => {
  for (;;) {
    console.log("a line");
    await setTimeout(10, undefined, { signal });
  }
}));
`;
/** On Linux, writing there fails as on a full disk. */
const FULL = "/dev/full";

describe("automation/core/process/until-stopped", () => {
  let child: ChildProcess;
  afterEach(() => child?.kill("SIGKILL"));

  function start(stdout: "pipe" | number): ChildProcess {
    const stdio: StdioOptions = ["ignore", stdout, "pipe"];
    child = spawn(process.execPath, [...NODE_ARGUMENTS, "-e", SCRIPT], { cwd: PROJECT_DIRECTORY, stdio });
    return child;
  }

  /** Its exit code, and what it wrote on the error stream. */
  async function end(): Promise<[exitCode: unknown, errors: string]> {
    const [[exitCode], errors] = await Promise.all([once(child, "exit"), text(child.stderr!)]);
    return [exitCode, errors];
  }

  it("ends with 0 when the reader of the output has gone, as after `| head -1`", async () => {
    const { stdout } = start("pipe");
    stdout!.once("data", () => stdout!.destroy());
    assert.deepEqual(await end(), [0, ""]);
  });

  it("ends with 0 at a Ctrl-C", async () => {
    start("pipe").stdout!.once("data", () => child.kill("SIGINT"));
    assert.deepEqual(await end(), [0, ""]);
  });

  it("ends with 1 on a full disk", async function () {
    if (!existsSync(FULL)) return this.skip();
    const full = await open(FULL, "w");
    start(full.fd);
    assert.deepEqual(await end(), [1, "the output could not be written: ENOSPC: no space left on device, write\n"]);
    await full.close();
  });

  it("ends a watch of the status, and listens no more", async () => {
    let reads = 0;
    const output = new EventEmitter();
    const readStatus = async () => {
      reads += 1;
      return statusOf(live({ active: "blue", blue: ["v1", 2], green: null }));
    };
    const write = () => output.emit("error", Object.assign(new Error("write EPIPE"), { code: "EPIPE" }));
    const tools = { readStatus, clock: new FakeClock(), json: false, stream: { write }, errorStream: { write } };
    await untilStopped((signal) => watchStatus({ ...tools, signal }), output);
    assert.deepEqual([reads, output.listenerCount("error")], [1, 0]);
  });

  it("passes on what is thrown before it is stopped", async () => {
    const error = await untilStopped(() => Promise.reject(new Error("no such log group"))).catch(String);
    assert.equal(error, "Error: no such log group");
  });
});
