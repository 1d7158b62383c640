import "../../automation/core/silent-aws-sdk";
import { setTimeout as delay } from "node:timers/promises";
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribePoliciesCommand,
} from "@aws-sdk/client-auto-scaling";
import { expect } from "chai";
import type { Colour } from "../../components/core/colour-name";
import { ProductionWatch } from "./production-watch";
import { changeSettings, type RunningStack } from "./running-stack";
import { sharedStack } from "./shared-stack";

const SIZE = ["config", "aoshingo:services", "users", "size"];
/** The default, with which the stack is left behind. */
const LEAST = 2;
const MOST = 4;
/** The watches alone ask each target more often than once in a minute of the cloud's clock, also on a busy machine. */
const RANGE = { min: LEAST, max: MOST, targetCpuPercent: 90, targetRequestsPerMinute: 1 };
const POLL_MS = 100;
/** Shorter than the records' TTL of 60 s, at 200 times the speed. */
const CONNECTION_MS = 200;
const WATCHES = 4;

describe("a service whose size follows its requests", () => {
  let stack: RunningStack;
  let autoScaling: AutoScalingClient;
  let watches: ProductionWatch[] = [];

  before(async () => {
    stack = await sharedStack({ from: "release" });
    autoScaling = new AutoScalingClient(stack.clientOptions);
    const { url } = (await stack.outputs()).services.users!.exposures.public!;
    // Requests that still go to the old address after the cutover do not count for the new colour.
    watches = Array.from(
      { length: WATCHES },
      () => new ProductionWatch(stack, `${url}/healthz`, { connectionMs: CONNECTION_MS }),
    );
  });
  after(async () => {
    if (!stack) return;
    await stopWatching();
    autoScaling.destroy();
    await changeSettings(stack.settingsFile, SIZE, undefined);
    await stack.up();
  });

  const stopWatching = () => Promise.all(watches.map((watch) => watch.stop()));

  const groupOf = async (colour: Colour) => (await stack.outputs()).services.users!.colours[colour].autoScalingGroup;

  const desired = async (colour: Colour) => (await stack.group(colour)).desired;

  async function limits(colour: Colour): Promise<{ min: number; max: number }> {
    const AutoScalingGroupNames = [await groupOf(colour)];
    const { AutoScalingGroups } = await autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames }),
    );
    const { MinSize, MaxSize } = AutoScalingGroups![0]!;
    return { min: MinSize!, max: MaxSize! };
  }

  /** Metrics of a colour's policies, each with the load balancer and target group that it counts. */
  async function metrics(colour: Colour): Promise<string[]> {
    const AutoScalingGroupName = await groupOf(colour);
    const { ScalingPolicies } = await autoScaling.send(new DescribePoliciesCommand({ AutoScalingGroupName }));
    return ScalingPolicies!
      .map(({ TargetTrackingConfiguration }) => TargetTrackingConfiguration!.PredefinedMetricSpecification!)
      .map(({ PredefinedMetricType, ResourceLabel = "" }) => `${PredefinedMetricType} ${ResourceLabel}`.trim())
      .sort();
  }

  it("grows with them, whatever the CPU, up to its maximum", async () => {
    const { active, idle } = (await stack.production())!;
    await changeSettings(stack.settingsFile, SIZE, RANGE);
    await stack.up();
    const [requests, cpu, ...more] = await metrics(active);
    const { targetGroups } = (await stack.outputs()).services.users!.colours[active];
    const own = targetGroups.find(({ loadBalancer }) => loadBalancer === active)!;
    const label = [own.loadBalancerArn.split(":loadbalancer/")[1], own.arn.split(":").at(-1)].join("/");
    expect([requests, cpu, ...more]).to.deep.equal([`ALBRequestCountPerTarget ${label}`, "ASGAverageCPUUtilization"]);
    expect(await metrics(idle)).to.deep.equal([]);
    while ((await desired(active)) < MOST) await delay(POLL_MS);
  });

  it("keeps what it has in a deploy, and its policies follow at the cutover", async () => {
    const { active, idle } = (await stack.production())!;
    await stack.push("scaled");
    const { exitCode, errors, events } = await stack.deploy("scaled");
    expect(exitCode, errors + JSON.stringify(events.at(-1))).to.equal(0);
    expect(await desired(idle)).to.equal(MOST);
    expect(await desired(active)).to.equal(0);
    expect((await metrics(idle)).map((metric) => metric.split(" ")[0])).to.deep.equal([
      "ALBRequestCountPerTarget",
      "ASGAverageCPUUtilization",
    ]);
    expect(await metrics(active)).to.deep.equal([]);
  });

  it("keeps what the load has made of it where the settings get a number instead of the range, until the next release", async () => {
    const { active } = (await stack.production())!;
    await changeSettings(stack.settingsFile, SIZE, MOST - 1);
    await stack.up();
    expect(await metrics(active)).to.deep.equal([]);
    // With the settings' number as its maximum the group would lose instances at once.
    expect(await limits(active)).to.deep.equal({ min: LEAST, max: MOST });
    await changeSettings(stack.settingsFile, SIZE, RANGE);
    await stack.up();
    expect(await metrics(active)).to.have.lengthOf(2);
    await stopWatching();
    const answers = watches.flatMap((watch) => Object.keys(watch.answers));
    expect(answers.filter((answer) => !answer.startsWith("200"))).to.deep.equal([]);
  });

  it("shrinks to its minimum when nobody asks any more", async () => {
    const { active } = (await stack.production())!;
    while ((await desired(active)) > LEAST) await delay(POLL_MS);
  });
});
