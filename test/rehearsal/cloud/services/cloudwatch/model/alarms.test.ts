import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import type { CloudEvent } from "../../../../../../rehearsal/cloud/kernel/events";
import type { AlarmSettings } from "../../../../../../rehearsal/cloud/services/cloudwatch/model/alarm-settings";
import { Alarms } from "../../../../../../rehearsal/cloud/services/cloudwatch/model/alarms";
import { LoadBalancerMetrics } from "../../../../../../rehearsal/cloud/services/cloudwatch/model/load-balancer-metrics";
import { refusal } from "../../../refusal";
import { silentCloud } from "../../../silent-cloud";
import { alarmSettings } from "./alarm-scene";

const ARN = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:loadbalancer/app/lb/1";
const GROUP = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:targetgroup/g/1";
const TOPIC = "arn:aws:sns:ap-northeast-1:123456789012:on-call";
/** A whole number of minutes since 1970, in AWS minutes at speed 1. */
const START = 29_000_000;
const ONE = { evaluationPeriods: 1, datapointsToAlarm: 1 };

describe("rehearsal/cloud/services/cloudwatch/model/alarms", () => {
  let nowMs: number;
  let events: CloudEvent[];
  let metrics: LoadBalancerMetrics;
  let alarms: Alarms;

  function open(speed = 1): void {
    const context = { ...silentCloud(speed), emit: (event: CloudEvent) => void events.push(event) };
    metrics = new LoadBalancerMetrics(context, () => nowMs);
    alarms = new Alarms(context, metrics, () => nowMs);
  }
  beforeEach(() => {
    nowMs = START * 60_000;
    events = [];
    open();
  });
  afterEach(() => alarms.close());

  /** Adds the counts of one minute after the start. */
  function count(minute: number, { target5xx = 0, requests = 10, elb5xx = 0, responseTimes = {} } = {}): void {
    const counts = { requests, target5xx, connectionErrors: 0, responses: requests, responseMs: 0, responseTimes };
    const startMs = (START + minute) * metrics.minuteMs;
    metrics.take(ARN, [{ startMs, groups: [{ targetGroupArn: GROUP, ...counts }], elb5xx }]);
  }

  /** Evaluates when the metrics of that minute are published and no later ones. Returns the alarm's state. */
  function evaluate(minute: number, name = "errors"): string {
    nowMs = (START + minute + 1.5) * metrics.minuteMs;
    alarms.evaluate(name, (START + minute + 1) * 60);
    return alarms.all.find((alarm) => alarm.name === name)!.state;
  }
  const put = (changes: Partial<AlarmSettings> = {}) => alarms.put("errors", alarmSettings({ ...ONE, ...changes }));

  it("goes to ALARM by the metrics, keeps its reason while it fires, and comes back once newer data are below", () => {
    put();
    count(0, { target5xx: 6 });
    expect(evaluate(0)).to.equal("ALARM");
    const { reason, changedAtMs } = alarms.all[0]!;
    expect(reason).to.match(
      /^Threshold Crossed: 1 datapoint \[6\.0 \(.*\)\] was greater than the threshold \(5\.0\)\.$/,
    );
    count(1, { target5xx: 7 });
    expect(evaluate(1)).to.equal("ALARM");
    expect(alarms.all[0]).to.include({ reason, changedAtMs });
    count(2, { target5xx: 1 });
    expect(evaluate(2)).to.equal("OK");
    expect(events.map((event) => event.kind === "alarm" && `${event.from} ${event.to}`)).to.deep.equal([
      "INSUFFICIENT_DATA ALARM",
      "ALARM OK",
    ]);
  });

  it("evaluates the newest data that there are while newer periods are empty, then treats them as missing (W10)", () => {
    put({ treatMissingData: "notBreaching" });
    count(0, { target5xx: 6 });
    expect([0, 1, 2, 3].map((minute) => evaluate(minute))).to.deep.equal(["ALARM", "ALARM", "ALARM", "OK"]);
    expect(alarms.all[0]!.reason).to.contain("1 missing datapoint was treated as [NonBreaching]");
  });

  it("fires for missing data that are breaching, and does not for the same data without it", () => {
    const silent = { metricName: "RequestCount", comparisonOperator: "LessThanThreshold", threshold: 1 } as const;
    put({ ...silent, treatMissingData: "breaching" });
    alarms.put("lenient", alarmSettings({ ...ONE, ...silent }));
    count(0);
    expect([evaluate(0), evaluate(0, "lenient")]).to.deep.equal(["OK", "OK"]);
    expect([evaluate(3), evaluate(3, "lenient")]).to.deep.equal(["ALARM", "INSUFFICIENT_DATA"]);
  });

  it("adds up a period of several minutes that ends at any of them (W9)", () => {
    put({ periodSeconds: 300, threshold: 9 });
    for (const minute of [1, 2, 3]) count(minute, { target5xx: 4 });
    expect(evaluate(2)).to.equal("OK");
    expect(evaluate(3)).to.equal("ALARM");
  });

  it("finds nothing by other dimensions than the metric has (W13)", () => {
    for (const dimensions of [
      [],
      [{ Name: "TargetGroup", Value: "targetgroup/g/1" }],
      [
        { Name: "LoadBalancer", Value: "app/lb/1" },
        { Name: "Stage", Value: "prod" },
      ],
    ]) {
      put({ dimensions, metricName: "HTTPCode_ELB_5XX_Count" });
      count(0, { elb5xx: 20 });
      expect(evaluate(0)).to.equal("INSUFFICIENT_DATA");
    }
    put({ metricName: "HTTPCode_ELB_5XX_Count" });
    expect(evaluate(0)).to.equal("ALARM");
  });

  it("evaluates percentiles of response times within 1 %", () => {
    const slow = { metricName: "TargetResponseTime", statistic: "p90", treatMissingData: "ignore" } as const;
    // Steps of the scale: 10 ms and 1 s.
    count(0, { responseTimes: { 116: 85, 349: 15 }, requests: 100 });
    put({ ...slow, threshold: 0.99 });
    expect(evaluate(0)).to.equal("ALARM");
    put({ ...slow, threshold: 1.01 });
    expect(evaluate(0)).to.equal("OK");
    put({ ...slow, statistic: "p80", threshold: 0.0101 });
    expect(evaluate(0)).to.equal("OK");
  });

  it("refuses reason data that are no JSON, and keeps the state", () => {
    put();
    expect(refusal(() => alarms.setState("errors", "ALARM", "a drill", "drill"))).to.match(/^InvalidFormat: /);
    expect(evaluate(0)).to.equal("INSUFFICIENT_DATA");
  });

  it("keeps a state that is set until the next evaluation, which may bring it back (W12)", () => {
    put();
    count(0, { target5xx: 1 });
    expect(evaluate(0)).to.equal("OK");
    alarms.setState("errors", "ALARM", "a drill", '{"drill":true}');
    expect(alarms.all[0]).to.include({ state: "ALARM", reason: "a drill", reasonData: '{"drill":true}' });
    count(1, { target5xx: 1 });
    expect(evaluate(1)).to.equal("OK");
    expect(alarms.history.find({ type: "StateUpdate" }).map(({ summary }) => summary)).to.deep.equal([
      "Alarm updated from ALARM to OK",
      "Alarm updated from OK to ALARM",
      "Alarm updated from INSUFFICIENT_DATA to OK",
    ]);
  });

  it("runs the actions of a change, not those of a state that stays, and none while they are disabled (W4)", () => {
    put({ actions: { OK: [], ALARM: [TOPIC], INSUFFICIENT_DATA: [] } });
    const actions = () => alarms.history.find({ type: "Action" }).length;
    for (const minute of [0, 1]) {
      count(minute, { target5xx: 6 });
      evaluate(minute);
    }
    expect(actions()).to.equal(1);
    expect(alarms.history.find({ type: "Action" })[0]!.summary).to.contain(`Failed to execute action ${TOPIC}`);
    alarms.enableActions(["errors", "other"], false);
    count(2);
    evaluate(2);
    count(3, { target5xx: 6 });
    expect(evaluate(3)).to.equal("ALARM");
    expect(actions()).to.equal(1);
    alarms.enableActions(["errors"], true);
    alarms.setState("errors", "OK", "a drill");
    alarms.setState("errors", "ALARM", "a drill");
    expect(actions()).to.equal(2);
  });

  it("keeps state and history when it is changed, and the history when it is deleted", () => {
    put();
    count(0, { target5xx: 6 });
    evaluate(0);
    put({ threshold: 100 });
    expect(alarms.all[0]!.state).to.equal("ALARM");
    count(1, { target5xx: 6 });
    expect(evaluate(1)).to.equal("OK");
    alarms.delete(["errors"]);
    expect(alarms.all).to.deep.equal([]);
    expect(
      alarms.history.find({ alarmName: "errors", type: "ConfigurationUpdate" }).map(({ summary }) => summary),
    ).to.deep.equal(['Alarm "errors" deleted', 'Alarm "errors" updated', 'Alarm "errors" created']);
    expect(alarms.history.find({ alarmName: "other" })).to.deep.equal([]);
  });

  for (const speed of [700, 100_000]) {
    it(`is evaluated every minute by the cloud's clock, at speed ${speed}, by itself`, async () => {
      const context = { ...silentCloud(speed), emit: (event: CloudEvent) => void events.push(event) };
      metrics = new LoadBalancerMetrics(context);
      alarms = new Alarms(context, metrics);
      put();
      const changed = async (to: string) => {
        while (!events.some((event) => event.kind === "alarm" && event.to === to)) {
          const startMs = Math.floor(Date.now() / metrics.minuteMs) * metrics.minuteMs;
          const counts = { requests: 1, connectionErrors: 0, responses: 1, responseMs: 0, responseTimes: {} };
          const group = { targetGroupArn: GROUP, ...counts, target5xx: to === "ALARM" ? 100 : 1 };
          metrics.take(ARN, [{ startMs, groups: [group], elb5xx: 0 }]);
          await delay(metrics.minuteMs);
        }
      };
      await changed("ALARM");
      await changed("OK");
    });
  }
});
