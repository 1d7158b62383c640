import * as aws from "@pulumi/aws";
import { expect } from "chai";
import { ramped, resized, retired, routed, warmed } from "../../../automation/deploy/live-transitions";
import type { UpResult } from "../../../automation/ports/stack";
import { type ExportedState, outputsIn } from "../../../automation/stack/exported-state";
import type { WorkspaceStack } from "../../../automation/stack/workspace-stack";
import type { Colour } from "../../../components/core/colour-name";
import { type Configuration, configurationText } from "../../../components/live/configuration";
import type { Live } from "../../../components/live/live";
import { readOutputs } from "../../../components/live/stack-state";

import program = require("../../../index");

import { optionsOf, Scene, SERVICE } from "./recovery/scene";

const PLACE = { loopback: "127.58", portOffset: 58_000, speed: 100 };
const ONCE_MORE = "the update does more than change in place: once more";
const SETTLES = "bringing the stack to its settings before the releases";
const CONFIGURATION: Configuration = {
  ...{ port: 8080, cpu: 256, memory: 256, instanceType: "t3.small", stopTimeoutSeconds: 30, migrate: null },
  ...{ env: { STORE: "memory" }, secrets: {}, calls: [], sends: [], egress: [], iam: [] },
};
const READ_AGAIN = `read again what ${SERVICE} has: the end of an earlier update is not known`;
const POLL_MS = 20;

/** `up`s that write the state once, and what is left of one that was killed. On the real engine. */
describe("automation/stack/in-place-ups", () => {
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
    const result = await stack.up(next, optionsOf({ onProgress: (line) => told.push(line) }));
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
      await other.up(live, optionsOf());
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

  const configuration = configurationText(CONFIGURATION);
  async function warm(name: string): Promise<Live> {
    return warmed(live, { [SERVICE]: { release: { ...(await scene.release(name)), configuration }, size: 2 } });
  }

  it("brings the stack to its settings first where that saves writes of new releases", async () => {
    await up(await warm("v3"));
    await up(retired(live, [SERVICE]));
    await stack.close();
    stack = await scene.open({ settlesFrom: 1 }, wrapped);
    const { serial } = live;
    const next = await warm("v4");
    expect((await up(next)).changes.replace).to.equal(1);
    expect(told).to.include(SETTLES);
    expect(told).to.not.include(ONCE_MORE);
    // The state before the last write has nothing of the release, and no change that is half done.
    const { checkpoint } = JSON.parse((await scene.stateFiles()).before) as {
      checkpoint: { latest: ExportedState["deployment"] };
    };
    expect(readOutputs(outputsIn({ deployment: checkpoint.latest }))!.live.serial).to.equal(serial);
    expect(JSON.stringify(checkpoint.latest)).to.not.include(next.services[SERVICE]!.colours.green.release!.image);
    expect(checkpoint.latest?.pending_operations ?? []).to.deep.equal([]);
    await up(retired(live, [SERVICE]));
  });

  /** Kills the engine of an `up` once AWS has a minimum, before the engine can end. */
  async function kills(next: Live, colour: Colour, minimum: number): Promise<void> {
    const { now } = await scene.stateFiles();
    let open = () => {};
    gate = new Promise((resolve) => {
      open = resolve;
    });
    const killed = up(next).catch((error: Error) => error);
    while ((await scene.size(colour)).min !== minimum) await pause();
    for (const { pid } of await scene.locks()) process.kill(pid, "SIGKILL");
    expect(await killed).to.be.instanceOf(Error);
    open();
    // Nothing in the state says that AWS has something else.
    expect((await scene.stateFiles()).now).to.equal(now);
  }

  it("reads again what AWS has after the engine was killed, and goes back", async () => {
    const before = live;
    await kills(resized(live, { [SERVICE]: 2 }), "blue", 2);
    await up({ ...before, serial: before.serial + 1 });
    expect(told).to.include(READ_AGAIN);
    expect((await scene.size("blue")).min).to.equal(3);
  });

  it("reads again what AWS has after the engine was killed, and goes on with a release", async () => {
    const next = await warm("v5");
    await kills(next, "green", 2);
    await up(next);
    expect(told).to.include(READ_AGAIN);
    expect(await scene.size("green")).to.deep.equal({ min: 2, desired: 2 });
    await up(retired(live, [SERVICE]));
    await scene.expectClean();
  });
});

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
