import "../../automation/core/silent-aws-sdk";
import { setTimeout as delay } from "node:timers/promises";
import {
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
} from "@aws-sdk/client-cloudwatch";
import { expect } from "chai";
import { readStackSettings } from "../../automation/core/project";
import type { DeployEvent } from "../../automation/ports/events";
import type { Colour } from "../../components/core/colour-name";
import { FaultsClient } from "../../rehearsal/cloud/faults/faults-client";
import { STACK } from "../../rehearsal/cloud/settings-source";
import type { DeployRun } from "../../rehearsal/environment/deploy-command";
import { ProductionWatch } from "./production-watch";
import { changeSettings, type Production, type RunningStack } from "./running-stack";
import { sharedStack } from "./shared-stack";

const DEPLOY = ["config", "aoshingo:deploy"];
const POLL_MS = 50;
/** A load balancer on a busy machine has told its counts by then, although a minute of AWS takes 0.3 s here. */
const COUNTED_AFTER_MS = 5_000;

type Ended = Extract<DeployEvent, { type: "deployEnded" }>;

/** A bad release never gets a production request, or loses them at once, and the deploy says why it is bad. */
describe("the tests gate", () => {
  let stack: RunningStack;
  /** As it was before all cases. */
  let production: Production;
  let watch: ProductionWatch;

  before(async () => {
    stack = await sharedStack({ from: "release" });
    production = (await stack.production())!;
  });

  beforeEach(async () => {
    watch = new ProductionWatch(stack, `${(await stack.outputs()).services.users!.exposures.public!.url}/healthz`);
  });
  afterEach(() => watch.stop());

  const endOf = ({ events }: DeployRun) => events.find((event): event is Ended => event.type === "deployEnded");
  const failureOf = ({ events }: DeployRun) =>
    events.flatMap((event) => (event.type === "stepEnded" && !event.ok ? [event] : []));
  const stepsOf = ({ events }: DeployRun) =>
    events.flatMap((event) => (event.type === "stepStarted" ? [event.step] : []));

  async function expectUntouched(): Promise<void> {
    expect(await stack.production()).to.deep.equal(production);
    const { active, idle, release } = production;
    const { colours } = (await stack.outputs()).live.services.users!;
    expect([colours[active].size, colours[idle].size]).to.deep.equal([2, 0]);
    expect(await stack.tasksOf(idle)).to.deep.equal([]);
    expect(await stack.tasksOf(active)).to.have.lengthOf(2);
    await watch.stop();
    expect(Object.keys(watch.answers)).to.deep.equal([`200 ${release}`]);
  }

  it("stops a release that its own test refuses, and shows what the test said", async () => {
    await stack.push("wrong", "wrongAnswer");
    const run = await stack.deploy("wrong");
    expect(run.exitCode).to.equal(1);
    expect(endOf(run)).to.include({ ok: false, failedStep: "test" });
    expect(endOf(run)!.reason).to.match(
      /^test failed: the test of users ended with exit code 1: .*; production is untouched, the idle colour is back at 0$/,
    );
    expect(failureOf(run)[0]!.detail).to.match(/GET \/users\/.*: wanted .*"Aoi".*, got .*"not Aoi"/);
    expect(stepsOf(run)).to.deep.equal(["preflight", "warm", "verify", "test", "coolDown"]);
    await expectUntouched();
  });

  it("stops a release that crashes on start, and says how its tasks ended", async () => {
    await stack.push("crash", "crashOnStart");
    const run = await stack.deploy("crash");
    expect(run.exitCode).to.equal(1);
    expect(endOf(run)).to.include({ ok: false, failedStep: "warm" });
    expect(endOf(run)!.reason).to.match(
      /^warm failed: users (blue|green) did not come up: task failed: Essential container in task exited \(exit code 1\)( \(\d+ times\))?; production is untouched, the idle colour is back at 0$/,
    );
    expect(failureOf(run)[0]!.detail).to.match(/\nusers is not up: its tasks ended \d+ times$/);
    expect(stepsOf(run)).to.deep.equal(["preflight", "warm", "coolDown"]);
    await expectUntouched();
  });

  it("stops a release that never becomes healthy, and says what the health check was answered", async () => {
    await stack.push("ill", "unhealthy");
    const run = await stack.deploy("ill");
    expect(run.exitCode).to.equal(1);
    expect(endOf(run)).to.include({ ok: false, failedStep: "warm" });
    expect(endOf(run)!.reason)
      .to.contain(`users ${production.idle} did not come up: target is: unhealthy, Target.ResponseCodeMismatch: `)
      .and.contain("[503]")
      .and.not.contain("task failed");
    expect(failureOf(run)[0]!.detail).to.match(/\(after 23 s\)$/);
    expect(stepsOf(run)).to.deep.equal(["preflight", "warm", "coolDown"]);
    await expectUntouched();
  });

  it("stops a release whose image does not exist before anything changes", async () => {
    const before = (await stack.outputs()).live;
    const run = await stack.deploy("gone");
    expect(run.exitCode).to.equal(1);
    expect(endOf(run)).to.include({ ok: false, failedStep: "preflight" });
    expect(endOf(run)!.reason).to.match(
      /^preflight failed: image gone does not exist in .*\/users: push it first, or check the tag; nothing was changed$/,
    );
    expect((await stack.outputs()).live).to.deep.equal(before);
    await expectUntouched();
  });

  it("lets the next good release through", async () => {
    await stack.push("good");
    const run = await stack.deploy("good");
    expect(run.exitCode, run.errors + endOf(run)?.reason).to.equal(0);
    const { active, idle, release } = production;
    expect(await stack.production()).to.deep.equal({ active: idle, idle: active, release: "good" });
    await watch.stop();
    expect(Object.keys(watch.answers)).to.have.members([`200 ${release}`, "200 good"]);
  });

  describe("and alarms", () => {
    let cloudWatch: CloudWatchClient;
    /** The seconds before these cases. They are put back, because real minutes would make later deploys of this stack wait. */
    let metricPeriodSeconds: number;

    before(() => {
      cloudWatch = new CloudWatchClient(stack.clientOptions);
      ({ metricPeriodSeconds } = readStackSettings(STACK, stack.settingsFile).settings.deploy);
    });
    after(async () => {
      cloudWatch?.destroy();
      for (const key of ["alarms", "maxErrorPercent"])
        await changeSettings(stack.settingsFile, [...DEPLOY, key], undefined);
      await changeSettings(stack.settingsFile, [...DEPLOY, "metricPeriodSeconds"], metricPeriodSeconds);
      await changeSettings(stack.settingsFile, [...DEPLOY, "bakeSeconds"], 0);
    });

    /** An alarm on one minute of the load balancer that leads to a colour, and in the stack's settings. */
    async function put(name: string, colour: Colour, settings: Partial<PutMetricAlarmCommandInput>): Promise<void> {
      const { targetGroups } = (await stack.outputs()).services.users!.colours[colour];
      const { loadBalancerArn } = targetGroups.find(({ loadBalancer }) => loadBalancer === colour)!;
      const dimension = { Name: "LoadBalancer", Value: loadBalancerArn.split(":loadbalancer/")[1]! };
      await cloudWatch.send(
        new PutMetricAlarmCommand({
          ...{ AlarmName: name, Namespace: "AWS/ApplicationELB", Dimensions: [dimension], Statistic: "Sum" },
          ...{ Period: 60, EvaluationPeriods: 1, ComparisonOperator: "GreaterThanThreshold", ...settings },
        }),
      );
      await changeSettings(stack.settingsFile, [...DEPLOY, "alarms"], [name]);
    }

    /** @param forMs how long it has to be in that state */
    async function untilState(name: string, state: string, forMs = 0): Promise<void> {
      for (let sinceMs = performance.now(); ; ) {
        const { MetricAlarms } = await cloudWatch.send(new DescribeAlarmsCommand({ AlarmNames: [name] }));
        if (MetricAlarms![0]!.StateValue !== state) sinceMs = performance.now();
        else if (performance.now() - sinceMs >= forMs) return;
        await delay(POLL_MS);
      }
    }

    it("refuses to start while one fires because its metric is missing, until there are data again (W4, W10)", async () => {
      await watch.stop();
      await put("users-silent", production.idle, {
        ...{ MetricName: "RequestCount", Threshold: 1, ComparisonOperator: "LessThanThreshold" },
        TreatMissingData: "breaching",
      });
      // Counts of the requests before come late from a busy load balancer, and end the alarm once more.
      await untilState("users-silent", "ALARM", COUNTED_AFTER_MS);
      await stack.push("alarming");
      const refused = await stack.deploy("alarming");
      expect(refused.exitCode).to.equal(1);
      expect(endOf(refused)!.reason).to.match(
        /^preflight failed: the alarm users-silent fires \(Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as \[Breaching\]\.\): .*; nothing was changed$/,
      );
      const asking = new ProductionWatch(stack, watch.url);
      await untilState("users-silent", "OK");
      await asking.stop();
    });

    it("rolls back when one fires by what the new release answers in production (W7, W9)", async () => {
      const before = (await stack.production())!;
      await put("users-errors", before.idle, {
        ...{ MetricName: "HTTPCode_Target_5XX_Count", Threshold: 2, TreatMissingData: "notBreaching" },
      });
      // The alarm alone is to find it. The bake ends as soon as it does. At this speed few periods would have a request.
      await changeSettings(stack.settingsFile, [...DEPLOY, "maxErrorPercent"], 100);
      await changeSettings(stack.settingsFile, [...DEPLOY, "metricPeriodSeconds"], 60);
      await changeSettings(stack.settingsFile, [...DEPLOY, "bakeSeconds"], 120);
      const faults = new FaultsClient(stack.environment.AWS_ENDPOINT_URL!);
      const spoiled: Promise<unknown>[] = [];
      const run = await stack.deploy("alarming", (event) => {
        if (event.type === "stepEnded" && event.step === "confirm" && spoiled.length === 0)
          spoiled.push(
            faults.add({ kind: "errorsAfter", service: "users", release: "alarming", share: 1, since: "now" }),
          );
      });
      await Promise.all(spoiled);
      await faults.clear();
      expect(run.exitCode, run.errors).to.equal(1);
      expect(endOf(run)).to.include({ ok: false, failedStep: "bake" });
      expect(endOf(run)!.reason).to.match(
        /^bake failed: the alarm users-errors fires: Threshold Crossed: 1 datapoint \[\d+\.0 \(.*\)\] was greater than the threshold \(2\.0\)\.; /,
      );
      expect(await stack.production()).to.deep.equal(before);
      const { colours } = (await stack.outputs()).live.services.users!;
      expect(colours[before.idle].size).to.equal(0);
      await watch.stop();
      expect(watch.answers).to.include.keys(`200 ${before.release}`, "500 alarming");
      const { AlarmHistoryItems } = await cloudWatch.send(
        new DescribeAlarmHistoryCommand({ AlarmName: "users-errors", HistoryItemType: "StateUpdate" }),
      );
      expect(AlarmHistoryItems!.map(({ HistorySummary }) => HistorySummary)).to.include(
        "Alarm updated from OK to ALARM",
      );
    });
  });
});
