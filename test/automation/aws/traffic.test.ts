import { assert } from "chai";
import { AwsObserver } from "../../../automation/aws/observer";
import { transientProblem } from "../../../automation/core/retry-transient";
import type { TargetGroupOutputs } from "../../../components/live/outputs";
import { AwsServer } from "./server";

const ELB = "arn:aws:elasticloadbalancing:ap-northeast-1:111111111111";
const GROUPS: TargetGroupOutputs[] = (["blue", "green"] as const).map((loadBalancer) => ({
  edge: "public",
  loadBalancer,
  loadBalancerArn: `${ELB}:loadbalancer/app/public-${loadBalancer}/1`,
  arn: `${ELB}:targetgroup/users-at-${loadBalancer}/2`,
}));
/** Unix seconds, at the start of a minute. */
const START = 1_699_999_980;

interface Query {
  Id: string;
  MetricStat: { Metric: { MetricName: string; Dimensions: object[] }; Period: number; Stat: string };
}

describe("AwsObserver.traffic", () => {
  let aws: AwsServer;
  let observer: AwsObserver;
  /** Values by metric and statistic, then by load balancer, then by minute. */
  let data: Record<string, Record<number, number>[]>;
  beforeEach(async () => {
    aws = await AwsServer.open();
    observer = new AwsObserver("ap-northeast-1");
    data = {};
    aws.replies.GetMetricData = ({ MetricDataQueries }) => ({
      MetricDataResults: (MetricDataQueries as Query[]).map(({ Id, MetricStat: { Metric, Stat } }, index, all) => {
        const points = data[`${Metric.MetricName} ${Stat}`]?.[Math.floor((index * 2) / all.length)] ?? {};
        return {
          Id,
          Timestamps: Object.keys(points).map((minute) => START + Number(minute) * 60),
          Values: Object.values(points),
          StatusCode: "Complete",
        };
      }),
    });
  });
  afterEach(() => aws.close());

  const minutes = (from: number, to: number, periodSeconds = 60) =>
    ({ fromMs: (START + from * 60) * 1000, toMs: (START + to * 60) * 1000, periodSeconds }) as const;

  it("sums all target groups by period, with zeros where nothing was counted", async () => {
    data = {
      "RequestCount Sum": [{ 0: 10, 2: 100 }, { 2: 300 }],
      "HTTPCode_Target_5XX_Count Sum": [{ 2: 3 }, { 2: 4 }],
      "TargetConnectionErrorCount Sum": [{ 0: 1 }],
      "TargetResponseTime Sum": [{ 0: 0.9, 2: 10 }, { 2: 9.5 }],
      "TargetResponseTime SampleCount": [{ 0: 9, 2: 100 }, { 2: 290 }],
    };
    const at = (minute: number) => (START + minute * 60) * 1000;
    assert.deepEqual(await observer.traffic(GROUPS, minutes(0, 3)), [
      { startMs: at(0), requests: 10, errors: 1, ended: 10, responseSeconds: 0.1 },
      { startMs: at(1), requests: 0, errors: 0, ended: 0, responseSeconds: null },
      { startMs: at(2), requests: 400, errors: 7, ended: 390, responseSeconds: 0.05 },
    ]);
  });

  it("sends one request, for whole periods within the window, with CloudWatch's names of the resources", async () => {
    const periods = await observer.traffic(GROUPS, minutes(0.2, 3.9));
    assert.deepEqual(
      periods.map(({ startMs }) => startMs / 1000 - START),
      [60, 120],
    );
    const [{ StartTime, EndTime, MetricDataQueries }] = aws.inputs("GetMetricData") as [Record<string, unknown>];
    assert.deepEqual([StartTime, EndTime], [START + 60, START + 180]);
    const queries = MetricDataQueries as Query[];
    assert.lengthOf(queries, 10);
    assert.deepEqual(queries[5], {
      Id: "requests_1",
      MetricStat: {
        Metric: {
          Namespace: "AWS/ApplicationELB",
          MetricName: "RequestCount",
          Dimensions: [
            { Name: "LoadBalancer", Value: "app/public-green/1" },
            { Name: "TargetGroup", Value: "targetgroup/users-at-green/2" },
          ],
        },
        Period: 60,
        Stat: "Sum",
      },
    } as object);
    assert.lengthOf(aws.asked, 1);
  });

  it("assigns data points to periods whose length is no whole number of milliseconds", async () => {
    const periodSeconds = 60 / 7;
    aws.replies.GetMetricData = () => ({
      MetricDataResults: [{ Id: "requests_0", Timestamps: [START + periodSeconds], Values: [5] }],
    });
    const periods = await observer.traffic(GROUPS, minutes(-0.01, 0.99, periodSeconds));
    assert.deepEqual(
      periods.map(({ requests }) => requests),
      [0, 5, 0, 0, 0, 0],
    );
  });

  it("sends no request without a target group or a whole period", async () => {
    assert.isEmpty(await observer.traffic(GROUPS, minutes(0.1, 1.9)));
    assert.deepEqual(
      (await observer.traffic([], minutes(0, 2))).map(({ requests }) => requests),
      [0, 0],
    );
    assert.isEmpty(aws.asked);
  });

  describe("where CloudWatch does not give all counts", () => {
    const point = (StatusCode: string, minute: number) => ({
      Id: "requests_0",
      Timestamps: [START + minute * 60],
      Values: [10],
      StatusCode,
    });
    const requests = async () => (await observer.traffic(GROUPS, minutes(0, 2))).map((period) => period.requests);

    for (const status of ["InternalError", "PartialData"])
      it(`takes none for a zero: ${status}`, async () => {
        aws.replies.GetMetricData = () => ({
          MetricDataResults: [point("Complete", 0), { ...point(status, 0), Id: "target5xx_0" }],
        });
        const error = await requests().catch((failure: unknown) => failure);
        assert.equal((error as Error).message, `CloudWatch has not given all of target5xx_0: ${status}`);
        assert.match(transientProblem(error)!, /^AWS does not answer: CloudWatch has not given all/);
      });

    it("asks for the next page first", async () => {
      aws.replies.GetMetricData = ({ NextToken }) =>
        NextToken === undefined
          ? { MetricDataResults: [point("PartialData", 0)], NextToken: "more" }
          : { MetricDataResults: [point("Complete", 1)] };
      assert.deepEqual(await requests(), [10, 10]);
    });
  });

  it("throws CloudWatch's refusal", async () => {
    aws.replies.GetMetricData = () => "!AccessDenied";
    const error = await observer.traffic(GROUPS, minutes(0, 1)).catch((failure: unknown) => failure);
    assert.equal((error as Error).name, "AccessDenied");
  });
});
