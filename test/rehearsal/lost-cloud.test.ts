import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { modulePath, NODE_ARGUMENTS } from "../../automation/core/package-directory";
import { startTimeOf } from "../../rehearsal/cloud/processes/process-identity";
import { DeployCommand } from "../../rehearsal/environment/deploy-command";
import { enginesOf } from "../../rehearsal/environment/killable-command";
import { RunningStack } from "./running-stack";

const PLACE = { loopback: "127.59", portOffset: 39_000, speed: 200 };
const POLL_INTERVAL_MS = 20;

interface Process {
  pid: number;
  startTime: string | undefined;
}

/** Reads the system's process table, whose processes may end meanwhile. */
function childrenOf(parent: number): Process[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const isChild = (pid: string) => {
    try {
      return /^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] === String(parent);
    } catch {
      return false;
    }
  };
  return pids.filter(isChild).map((pid) => ({ pid: Number(pid), startTime: startTimeOf(Number(pid)) }));
}

/** An id may belong to a later process. */
const isRunning = ({ pid, startTime }: Process) => startTime !== undefined && startTimeOf(pid) === startTime;

/** Commands that AWS does not answer try again for minutes: here nobody will answer them. */
describe("a rehearsal cloud that ends by itself", () => {
  let stack: RunningStack;
  before(async function () {
    if (!existsSync("/proc")) this.skip(); // How the engine is seen.
    stack = await RunningStack.startCloud(PLACE);
  });
  after(() => stack?.stop());

  const failureOf = (work: Promise<unknown>) =>
    work.then(
      () => "it succeeded",
      (error: Error) => error.message,
    );

  it("ends what is under way, and says so", async () => {
    const children = childrenOf(stack.cloud.pid);
    expect(children).not.to.deep.equal([]);
    const creating = failureOf(stack.create());
    while ((await enginesOf(stack.environment.PULUMI_BACKEND_URL!)).length === 0) await delay(POLL_INTERVAL_MS);
    process.kill(stack.cloud.pid, "SIGKILL");
    expect(await creating).to.match(/^the rehearsal cloud ended by itself \(SIGKILL\)/);
    expect(await enginesOf(stack.environment.PULUMI_BACKEND_URL!), "engines that still run").to.deep.equal([]);
    while (children.some(isRunning)) await delay(POLL_INTERVAL_MS);
  });

  it("says so to each later command", async () => {
    expect(await failureOf(stack.run("status"))).to.match(/^the rehearsal cloud ended by itself/);
    expect(await failureOf(stack.deploy("v1"))).to.match(/^the rehearsal cloud ended by itself/);
  });
});

describe("a deploy command whose process has ended", () => {
  it("says why it was ended", async () => {
    const command = DeployCommand.prewarm({}, AbortSignal.abort(new Error("the reason")));
    await command.end();
    const run = command.run([], {}, () => {});
    expect(await run.catch((error: Error) => error.message)).to.equal("the reason");
  });
});

describe("a rehearsal cloud that is stopped", () => {
  it("has not ended by itself", async () => {
    const stack = await RunningStack.startCloud(PLACE);
    await stack.stop();
    expect(stack.cloud.lost.aborted).to.equal(false);
  });
});

describe("a rehearsal cloud whose parent ends", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "aoshingo-orphan-"));
  });
  afterEach(() => rm(directory, { recursive: true }));

  for (const [when, file] of [
    ["before it has begun", "."],
    ["while it starts", "cloud/certificate-authority.pem"],
  ] as const) {
    it(`${when} ends, too, with what it has started`, async () => {
      const args = [...["--loopback", PLACE.loopback], ...["--port-offset", String(PLACE.portOffset)]];
      const cloud = fork(modulePath("rehearsal/cloud/main"), [...args, "--directory", join(directory, "cloud")], {
        execArgv: [...NODE_ARGUMENTS],
        stdio: ["ignore", "ignore", "ignore", "ipc"],
      });
      const ended = once(cloud, "exit");
      while (!existsSync(join(directory, file))) await delay(POLL_INTERVAL_MS);
      const children = childrenOf(cloud.pid!);
      cloud.disconnect();
      await ended;
      while (children.some(isRunning)) await delay(POLL_INTERVAL_MS);
    });
  }
});
