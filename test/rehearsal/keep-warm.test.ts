import "../../automation/core/silent-aws-sdk";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  AutoScalingClient,
  DeleteScheduledActionCommand,
  DescribeScheduledActionsCommand,
} from "@aws-sdk/client-auto-scaling";
import { expect } from "chai";
import type { DeployEvent } from "../../automation/ports/events";
import type { Colour } from "../../components/core/colour-name";
import { SCHEDULED_END, SCHEDULED_END_MARGIN_MS } from "../../components/live/keep-warm";
import { STACK } from "../../rehearsal/cloud/settings-source";
import { checkOut } from "./checkout";
import { ProductionWatch } from "./production-watch";
import type { RunningStack } from "./running-stack";
import { sharedStack } from "./shared-stack";

/** The shortest that is allowed. Real time passes while nothing runs. */
const SHORT = "15s";
const POLL_MS = 100;

describe("a deploy that keeps the old colour warm", () => {
  let stack: RunningStack;
  let autoScaling: AutoScalingClient;
  let checkout: string;

  before(async () => {
    stack = await sharedStack({ from: "release" });
    autoScaling = new AutoScalingClient(stack.clientOptions);
    checkout = join(stack.directory, "keep-warm");
    await checkOut(checkout);
  });
  after(() => autoScaling?.destroy());

  /** Runs the plain CLI in the checkout with the stack's settings of now. */
  async function pulumi(...args: string[]) {
    await cp(stack.settingsFile, join(checkout, `Pulumi.${STACK}.yaml`));
    return stack.pulumi(checkout, [...args, "--stack", STACK, "--non-interactive"]);
  }

  /** Deploys, and returns until when the old colour is warm. */
  async function deployKeepingWarm(tag: string, time: string): Promise<number> {
    await stack.push(tag);
    const { exitCode, errors, events } = await stack.deployAll([`users=${tag}`, "--keep-warm", time]);
    const ended = events.at(-1) as Extract<DeployEvent, { type: "deployEnded" }>;
    expect(exitCode, errors + JSON.stringify(ended)).to.equal(0);
    return ended.warm!.users!.untilMs;
  }

  async function scheduledEnds(colour: Colour): Promise<number[]> {
    const { autoScalingGroup: AutoScalingGroupName } = (await stack.outputs()).services.users!.colours[colour];
    const found = await autoScaling.send(new DescribeScheduledActionsCommand({ AutoScalingGroupName }));
    return found
      .ScheduledUpdateGroupActions!.filter(({ ScheduledActionName }) => ScheduledActionName === SCHEDULED_END)
      .map(({ StartTime }) => StartTime!.getTime());
  }

  const size = async (colour: Colour) => (await stack.outputs()).live.services.users!.colours[colour].size;

  it("leaves it at its size, with a stack that agrees with AWS, until `retire` ends it", async () => {
    const { active: old } = (await stack.production())!;
    const before = await stack.group(old);
    const untilMs = await deployKeepingWarm("retired", "1h");
    expect(await stack.group(old)).to.deep.equal(before);
    expect(await scheduledEnds(old)).to.deep.equal([untilMs + SCHEDULED_END_MARGIN_MS]);
    expect((await stack.production())!.idle).to.equal(old);
    // The next `up` takes away what an earlier file may have left of releases that are gone, and leaves the kept colour as it is.
    await stack.up();
    expect(await stack.group(old)).to.deep.equal(before);
    const preview = await pulumi("preview", "--refresh", "--expect-no-changes");
    expect(preview.exitCode, preview.text).to.equal(0);

    const { exitCode, errors } = await stack.run("retire");
    expect(exitCode, errors).to.equal(0);
    expect(await stack.group(old)).to.deep.equal({ min: 0, desired: 0 });
    expect(await scheduledEnds(old)).to.deep.equal([]);
    expect(await size(old)).to.equal(0);
  });

  it("has it ended by Auto Scaling at its time, while nothing of a deploy runs, and the next `up` agrees", async () => {
    const { active: old } = (await stack.production())!;
    const untilMs = await deployKeepingWarm("ended", SHORT);
    while ((await stack.group(old)).desired > 0) await delay(POLL_MS);
    expect(Date.now()).to.be.at.least(untilMs + SCHEDULED_END_MARGIN_MS);
    expect(await scheduledEnds(old)).to.deep.equal([]);
    expect(await size(old), "as the deploy left the stack").to.be.above(0);

    // Without a refresh: what the state says of the group and of the action is not true any more.
    const up = await pulumi("up", "--yes", "--skip-preview");
    expect(up.exitCode, up.text).to.equal(0);
    expect(await size(old)).to.equal(0);
    expect(await stack.group(old)).to.deep.equal({ min: 0, desired: 0 });
    expect((await stack.resources()).filter((urn) => urn.endsWith(SCHEDULED_END))).to.deep.equal([]);
    const preview = await pulumi("preview", "--refresh", "--expect-no-changes");
    expect(preview.exitCode, preview.text).to.equal(0);
  });

  it("is stopped by no `pulumi up` after its time, if a rollback has taken its end away and did not come to its `up`", async () => {
    const { active: old } = (await stack.production())!;
    const before = await stack.group(old);
    const untilMs = await deployKeepingWarm("held", SHORT);
    const { autoScalingGroup: AutoScalingGroupName } = (await stack.outputs()).services.users!.colours[old];
    await autoScaling.send(
      new DeleteScheduledActionCommand({ AutoScalingGroupName, ScheduledActionName: SCHEDULED_END }),
    );
    await delay(Math.max(0, untilMs + SCHEDULED_END_MARGIN_MS + 1_000 - Date.now()));
    const up = await pulumi("up", "--yes", "--skip-preview");
    expect(up.exitCode, up.text).to.equal(0);
    expect(await stack.group(old)).to.deep.equal(before);
    expect(await size(old)).to.equal(before.desired);
  });

  it("is gone back from a second before its time with no request lost, and stays then", async () => {
    const { active: old, release } = (await stack.production())!;
    const untilMs = await deployKeepingWarm("left", SHORT);
    const { url } = (await stack.outputs()).services.users!.exposures.public!;
    const watch = new ProductionWatch(stack, `${url}/healthz`);
    await delay(Math.max(0, untilMs - 1_000 - Date.now()));
    const { exitCode, errors, events } = await stack.run("rollback");
    await watch.stop();
    expect(exitCode, errors + JSON.stringify(events.at(-1))).to.equal(0);
    expect(await stack.production()).to.deep.include({ active: old, release });
    expect(Object.keys(watch.answers).filter((answer) => !answer.startsWith("200"))).to.deep.equal([]);

    const held = events.find((event) => event.type === "stepEnded" && event.step === "holdWarm")!;
    const isInTime = held.atMs < untilMs + SCHEDULED_END_MARGIN_MS / 2;
    const warmed = events.some((event) => event.type === "stepStarted" && event.step === "warm");
    expect(warmed, "on a machine that took longer than the margin").to.equal(!isInTime);

    await delay(Math.max(0, untilMs + SCHEDULED_END_MARGIN_MS + 1_000 - Date.now()));
    expect((await stack.group(old)).desired).to.be.above(0);
    expect(await scheduledEnds(old)).to.deep.equal([]);
    expect((await stack.production())!.active).to.equal(old);
  });
});
