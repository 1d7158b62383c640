import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { ramped, resized, retired, routed, warmed } from "../../../automation/deploy/live-transitions";
import type { UpResult } from "../../../automation/ports/stack";
import type { WorkspaceStack } from "../../../automation/stack/workspace-stack";
import type { Live } from "../../../components/live/live";

import program = require("../../../index");

import { Scene, SERVICE } from "./recovery/scene";

const PLACE = { loopback: "127.58", portOffset: 58_000, speed: 100 };
const ONCE_MORE = "the update does more than change in place: once more";
const READ_AGAIN = `read again what ${SERVICE} has: the end of an earlier update is not known`;
const POLL_MS = 20;

/** `up`s that write the state once, and what is left of one that was killed. On the real engine. */
describe("automation/stack/state-writes", function () {
  this.timeout(5 * 60_000);

  let scene: Scene;
  let stack: WorkspaceStack;
  /** What was live after the last `up`. */
  let live: Live;
  let told: string[];
  /** A resource that the program declares besides its own. */
  let further: string | null = null;
  /** What the program waits for at its end. */
  let gate: Promise<void> = Promise.resolve();

  async function wrapped() {
    const outputs = await program();
    if (further !== null) new aws.cloudwatch.LogGroup(further, { name: further });
    await gate;
    return outputs;
  }

  async function up(next: Live): Promise<UpResult> {
    const options = { message: "test", signal: new AbortController().signal };
    const result = await stack.up(next, { ...options, onProgress: (line) => told.push(line) });
    live = result.outputs.live;
    return result;
  }

  /** Runs an `up`. @returns whether it wrote the state once */
  async function writesOnce(next: Live): Promise<boolean> {
    const { now } = await scene.stateFiles();
    const { changes } = await up(next);
    expect(Object.keys(changes), "its operations").to.include("update");
    return (await scene.stateFiles()).before === now;
  }

  before(async () => {
    scene = await Scene.start(PLACE);
    stack = await scene.open({}, wrapped);
    live = (await scene.outputs()).live;
    told = [];
    await up(warmed(live, { [SERVICE]: { release: await scene.release("v1"), size: 2 } }));
    await up(routed(live, { [SERVICE]: live.services[SERVICE]!.colours.blue.release }, [SERVICE]));
  });
  after(async () => {
    await stack?.close();
    await scene?.stop();
  });
  beforeEach(() => {
    told = [];
  });

  it("writes the state after each change of an `up` with a new release, and of the first `up` of a process", async () => {
    const release = await scene.release("v2");
    expect(await writesOnce(warmed(live, { [SERVICE]: { release, size: 2 } }))).to.equal(false);
    await stack.close();
    stack = await scene.open({}, wrapped);
    expect(await writesOnce(ramped(live, [SERVICE], 10))).to.equal(false);
    expect(told).to.not.include(ONCE_MORE);
  });

  it("writes the state once where only shares and sizes change", async () => {
    expect(await writesOnce(ramped(live, [SERVICE], 50))).to.equal(true);
    expect(await writesOnce(ramped(live, [SERVICE], 0))).to.equal(true);
    expect(await writesOnce(retired(live, [SERVICE]))).to.equal(true);
    expect(told).to.not.include(ONCE_MORE);
  });

  it("writes it after each change when somebody else has written it before", async () => {
    const other = await scene.open();
    try {
      await other.up(live, { message: "other", signal: new AbortController().signal, onProgress: () => {} });
    } finally {
      await other.close();
    }
    expect(await writesOnce(resized(live, { [SERVICE]: 3 }))).to.equal(false);
    expect(told).to.include(ONCE_MORE);
    expect(await scene.size("blue")).to.deep.equal({ min: 3, desired: 3 });
  });

  it("writes it after each change where the program declares more than before, or less", async () => {
    further = "further";
    const { changes } = await up(resized(live, { [SERVICE]: 2 }));
    expect(changes.create).to.equal(1);
    expect(told).to.include(ONCE_MORE);
    told = [];
    further = null;
    expect((await up(resized(live, { [SERVICE]: 3 }))).changes.delete).to.equal(1);
    expect(told).to.include(ONCE_MORE);
  });

  it("reads again what AWS has after the engine was killed", async () => {
    const before = live;
    const { now } = await scene.stateFiles();
    let open = () => {};
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const killed = up(resized(live, { [SERVICE]: 2 })).catch((error: Error) => error);
    while ((await scene.size("blue")).min !== 2) await pause();
    for (const { pid } of await scene.locks()) process.kill(pid, "SIGKILL");
    expect(await killed).to.be.instanceOf(Error);
    open();
    // Nothing in the state says that AWS has something else.
    expect((await scene.stateFiles()).now).to.equal(now);
    await up({ ...before, serial: before.serial + 1 });
    expect(told).to.include(READ_AGAIN);
    expect((await scene.size("blue")).min).to.equal(3);
    await scene.expectClean();
  });
});

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
