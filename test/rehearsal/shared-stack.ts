import { expect } from "chai";
import { afterAllFiles } from "../after-all-files";
import { RunningStack } from "./running-stack";

/** Another process that runs tests beside this one (test/run.ts) has another unit, and so other addresses. */
const PLACE = { loopback: `127.${100 + Number(process.env.TEST_UNIT ?? 0)}`, portOffset: 30_000 };

export interface Wanted {
  /** What the file starts from: a cloud without a stack, a stack without a release, or a release in production. */
  from: "cloud" | "infrastructure" | "release";
  /** AWS seconds in one real second; default 200. */
  speed?: number;
}

let shared: { stack: RunningStack; speed: number } | null = null;
afterAllFiles(stop);

/**
 * A stack with the service users, for one test file after the other in this process, because a cloud with a first
 * deploy takes as much time as the cases of a file. Only a file that starts from less than a release gets a new one, and
 * one that follows a cloud that ended by itself.
 *
 * A file leaves it with a release in production, on either colour, with no run open and no fault switched on. What it
 * pushes has names of its own.
 */
export async function sharedStack({ from, speed = 200 }: Wanted): Promise<RunningStack> {
  if (shared?.speed !== speed || from !== "release" || shared.stack.cloud.lost.aborted) {
    await stop();
    shared = { stack: await RunningStack.startCloud({ ...PLACE, speed }), speed };
    if (from !== "cloud") await shared.stack.create();
  }
  const { stack } = shared;
  if (from === "release" && (await stack.production()) === null) {
    await stack.push("v1");
    const { exitCode, errors, events } = await stack.deploy("v1");
    expect(exitCode, errors + JSON.stringify(events.at(-1))).to.equal(0);
  }
  return stack;
}

async function stop(): Promise<void> {
  const { stack } = shared ?? {};
  shared = null;
  await stack?.stop();
}
