import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { expect } from "chai";
import { PROJECT_DIRECTORY } from "../../../../automation/core/project-directory";

/** Longer than npm takes to hand a signal on (stop-signals.ts). Nothing shows the moment from which a second signal is a person's. */
const A_PERSONS_SECOND_MS = 400;

/** Says what it is told, and ends in order when it reads a line. */
const SCRIPT = `
const { onStopSignal } = require("./automation/core/process/stop-signals");
const say = (what) => (signal) => console.log(what, signal);
onStopSignal(say("stop"), process.argv[1] === "counts" ? say("again") : undefined);
process.stdin.once("data", () => process.exit(0));
console.log("listening");
`;

describe("automation/core/process/stop-signals", function () {
  this.timeout(30_000);

  let child: ChildProcess;
  let lines: AsyncIterator<string>;

  async function start(...args: string[]): Promise<void> {
    child = spawn(process.execPath, ["-r", "ts-node/register", "-e", SCRIPT, ...args], {
      cwd: PROJECT_DIRECTORY,
      stdio: ["pipe", "pipe", "inherit"],
    });
    lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    expect(await line()).to.equal("listening");
  }
  const line = async () => (await lines.next()).value as string;

  async function end(): Promise<unknown> {
    const exit = once(child, "exit");
    child.stdin!.end("end\n");
    return (await exit)[0];
  }

  afterEach(() => child.kill("SIGKILL"));

  it("tells the first, and takes no notice of npm's echo", async () => {
    await start();
    child.kill("SIGINT");
    expect(await line()).to.equal("stop SIGINT");
    child.kill("SIGINT");
    expect(await end()).to.equal(0);
  });

  it("lets a person's second one end the process", async () => {
    await start();
    child.kill("SIGHUP");
    expect(await line()).to.equal("stop SIGHUP");
    await setTimeout(A_PERSONS_SECOND_MS);
    const exit = once(child, "exit");
    child.kill("SIGHUP");
    expect((await exit)[1]).to.equal("SIGHUP");
  });

  it("tells later ones to who asks for them; one of another kind is no echo", async () => {
    await start("counts");
    child.kill("SIGINT");
    expect(await line()).to.equal("stop SIGINT");
    child.kill("SIGTERM");
    expect(await line()).to.equal("again SIGTERM");
    await setTimeout(A_PERSONS_SECOND_MS);
    child.kill("SIGINT");
    expect(await line()).to.equal("again SIGINT");
    expect(await end()).to.equal(0);
  });
});
