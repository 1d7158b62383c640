import { expect } from "chai";
import { LoadBalancerMetrics } from "../../../../../../rehearsal/cloud/services/cloudwatch/model/load-balancer-metrics";
import { silentCloud } from "../../../silent-cloud";

const ARN = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012";
const COUNTS = {
  requests: 1,
  target5xx: 0,
  connectionErrors: 0,
  responses: 1,
  responseMs: 5,
  responseTimes: { 81: 1 },
};
const GROUPS = [{ targetGroupArn: `${ARN}:targetgroup/g/1`, ...COUNTS }];

describe("rehearsal/cloud/services/cloudwatch/model/load-balancer-metrics", () => {
  for (const speed of [1, 7, 20, 1000]) {
    it(`publishes a minute half a minute after its end, at speed ${speed}`, () => {
      let nowMs = 0;
      const metrics = new LoadBalancerMetrics(silentCloud(speed), () => nowMs);
      const { minuteMs } = metrics;
      const startMs = 1234 * minuteMs;
      metrics.take(`${ARN}:loadbalancer/app/lb/1`, [{ startMs, groups: GROUPS, elb5xx: 0 }]);
      const reading = { metricName: "RequestCount", fromMs: 0, toMs: startMs + 1, minutes: 1 };
      const dimensions = { LoadBalancer: "app/lb/1", TargetGroup: "targetgroup/g/1" };
      const read = () => metrics.read({ ...reading, dimensions }).map(({ sum }) => sum);
      nowMs = startMs + 1.49 * minuteMs;
      expect(read()).to.deep.equal([]);
      nowMs = startMs + 1.51 * minuteMs;
      expect(read()).to.deep.equal([1]);
      expect(metrics.read({ ...reading, dimensions: { LoadBalancer: "app/lb/1" } })).to.have.lengthOf(1);
    });
  }

  it("has the sum of the newest published minute, which is 0 without a request", () => {
    let nowMs = 0;
    const metrics = new LoadBalancerMetrics(silentCloud(20), () => nowMs);
    const { minuteMs } = metrics;
    const startMs = 1234 * minuteMs;
    const groups = [{ ...GROUPS[0]!, requests: 7 }];
    metrics.take(`${ARN}:loadbalancer/app/lb/1`, [{ startMs, groups, elb5xx: 0 }]);
    const dimensions = { LoadBalancer: "app/lb/1", TargetGroup: "targetgroup/g/1" };
    const sums = [1.49, 1.51, 2.49, 2.51].map((minutes) => {
      nowMs = startMs + minutes * minuteMs;
      return metrics.newestSum({ metricName: "RequestCount", dimensions });
    });
    expect(sums).to.deep.equal([0, 7, 7, 0]);
  });

  it("deletes data points that are older than a day", () => {
    const metrics = new LoadBalancerMetrics(silentCloud(), () => Number.POSITIVE_INFINITY);
    const { minuteMs } = metrics;
    for (let minute = 0; minute < 1500; minute++)
      metrics.take(`${ARN}:loadbalancer/app/lb/1`, [{ startMs: minute * minuteMs, groups: GROUPS, elb5xx: 0 }]);
    const dimensions = { LoadBalancer: "app/lb/1" };
    const all = metrics.read({ metricName: "RequestCount", dimensions, fromMs: 0, toMs: 1e12, minutes: 1 });
    expect(all).to.have.lengthOf(1440);
    expect(all[0]!.atMs).to.equal(60 * minuteMs);
  });
});
