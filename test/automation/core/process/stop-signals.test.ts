import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { NODE_ARGUMENTS } from "../../../../automation/core/package-directory";
import { PROJECT_DIRECTORY } from "../../../../automation/core/project-directory";

/**
 * Prints each call of its listeners. When it reads a line "later", npm has had the time to pass a signal on. It ends in order when
 * it reads another line.
 */
const SCRIPT = `
const { createInterface } = require("node:readline");
const { onStopSignal } = require("./automation/core/process/stop-signals");
let pass;
const echoIsOver = () => new Promise((resolve) => { pass = resolve; });
const print = (what) => (signal) => console.log(what, signal);
onStopSignal(print("stop"), process.argv[1] === "counts" ? print("again") : undefined, echoIsOver);
createInterface({ input: process.stdin }).on("line", (line) => {
  if (line !== "later") process.exit(0);
  pass();
  setImmediate(() => console.log("later"));
});
console.log("listening");
`;

describe("automation/core/process/stop-signals", () => {
  let child: ChildProcess;
  let lines: AsyncIterator<string>;

  async function start(...args: string[]): Promise<void> {
    child = spawn(process.execPath, [...NODE_ARGUMENTS, "-e", SCRIPT, ...args], {
      cwd: PROJECT_DIRECTORY,
      stdio: ["pipe", "pipe", "inherit"],
    });
    lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    expect(await line()).to.equal("listening");
  }
  const line = async () => (await lines.next()).value as string;

  async function passTime(): Promise<void> {
    child.stdin!.write("later\n");
    expect(await line()).to.equal("later");
  }

  async function end(): Promise<unknown> {
    const exit = once(child, "exit");
    child.stdin!.end("end\n");
    return (await exit)[0];
  }

  afterEach(() => child.kill("SIGKILL"));

  it("reports the first signal, and ignores npm's echo of it", async () => {
    await start();
    child.kill("SIGINT");
    expect(await line()).to.equal("stop SIGINT");
    child.kill("SIGINT");
    expect(await end()).to.equal(0);
  });

  it("lets a second signal of a person end the process", async () => {
    await start();
    child.kill("SIGHUP");
    expect(await line()).to.equal("stop SIGHUP");
    await passTime();
    const exit = once(child, "exit");
    child.kill("SIGHUP");
    expect((await exit)[1]).to.equal("SIGHUP");
  });

  it("reports later signals to a listener for them; another kind of signal is no echo", async () => {
    await start("counts");
    child.kill("SIGINT");
    expect(await line()).to.equal("stop SIGINT");
    child.kill("SIGTERM");
    expect(await line()).to.equal("again SIGTERM");
    await passTime();
    child.kill("SIGINT");
    expect(await line()).to.equal("again SIGINT");
    expect(await end()).to.equal(0);
  });
});
