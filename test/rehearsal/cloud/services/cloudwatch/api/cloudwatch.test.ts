import {
  CloudWatchClient,
  DeleteAlarmsCommand,
  DescribeAlarmHistoryCommand,
  type DescribeAlarmHistoryCommandInput,
  DescribeAlarmsCommand,
  DisableAlarmActionsCommand,
  EnableAlarmActionsCommand,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  ListMetricsCommand,
  type MetricDataQuery,
  PutMetricAlarmCommand,
  type PutMetricAlarmCommandInput,
  SetAlarmStateCommand,
} from "@aws-sdk/client-cloudwatch";
import { expect } from "chai";
import { createCloudWatch } from "../../../../../../rehearsal/cloud/services/cloudwatch";
import type { CloudWatch } from "../../../../../../rehearsal/cloud/services/cloudwatch/model/cloudwatch";
import { refusalOf, Scene } from "../../../api/scene";

const ELB = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012";
const TOPIC = "arn:aws:sns:ap-northeast-1:123456789012:on-call";
const LOAD_BALANCER = "app/public-blue/0123456789abcdef";
const GROUP = "targetgroup/users-blue/0123456789abcdef";
const SPEED = 20;
/** Real seconds of an AWS minute. */
const PERIOD = 60 / SPEED;
/** Of the scale of response times. */
const STEP_OF_50_MS = 198;
const ALARM: PutMetricAlarmCommandInput = {
  AlarmName: "users-5xx",
  Namespace: "AWS/ApplicationELB",
  MetricName: "HTTPCode_ELB_5XX_Count",
  Statistic: "Sum",
  Period: 60,
  EvaluationPeriods: 3,
  Threshold: 5,
  ComparisonOperator: "GreaterThanThreshold",
};

describe("rehearsal/cloud/services/cloudwatch/api/cloudwatch", () => {
  let scene: Scene;
  let cloudWatch: CloudWatch;
  let client: CloudWatchClient;
  beforeEach(async () => {
    scene = new Scene(SPEED);
    const { model, apis } = createCloudWatch(scene.context);
    cloudWatch = model;
    await scene.start(apis);
    client = new CloudWatchClient(scene.options());
  });
  afterEach(async () => {
    cloudWatch.alarms.close();
    await scene.close();
  });

  const query = (
    MetricName: string,
    Stat: string,
    more: { group?: string; period?: number } = {},
  ): MetricDataQuery => ({
    Id: `${MetricName[0]!.toLowerCase()}${MetricName.slice(1)}${Stat}`,
    MetricStat: {
      Metric: {
        Namespace: "AWS/ApplicationELB",
        MetricName,
        Dimensions: [
          { Name: "LoadBalancer", Value: LOAD_BALANCER },
          ...(more.group === "" ? [] : [{ Name: "TargetGroup", Value: more.group ?? GROUP }]),
        ],
      },
      Period: more.period ?? PERIOD,
      Stat,
    },
  });

  /** The start of an AWS minute an hour ago. */
  const fromMs = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000;
  const window = { StartTime: new Date(fromMs), EndTime: new Date(fromMs + 4 * PERIOD * 1000) };

  async function read(queries: MetricDataQuery[], more: Partial<GetMetricDataCommandInput> = {}) {
    const command = new GetMetricDataCommand({
      MetricDataQueries: queries,
      ScanBy: "TimestampAscending",
      ...window,
      ...more,
    });
    const { MetricDataResults } = await client.send(command);
    return MetricDataResults!.map(({ Timestamps, Values }) =>
      Timestamps!.map((at, index) => [(at.getTime() - fromMs) / 1000 / PERIOD, Values![index]]),
    );
  }

  function count(period: number, more: object = {}, elb5xx = 0): void {
    const counts = { requests: 10, target5xx: 0, connectionErrors: 0, responses: 10, responseMs: 500, ...more };
    const responseTimes = { [STEP_OF_50_MS]: counts.responses };
    const groups = [{ targetGroupArn: `${ELB}:${GROUP}`, responseTimes, ...counts }];
    const startMs = fromMs + period * PERIOD * 1000;
    cloudWatch.metrics.take(`${ELB}:loadbalancer/${LOAD_BALANCER}`, [{ startMs, groups, elb5xx }]);
  }

  it("returns data points only for minutes with a count", async () => {
    count(0, { target5xx: 2 });
    count(2);
    count(2, { requests: 30, responses: 30, responseMs: 3500, connectionErrors: 1 }, 3);
    const [requests, errors, lost, average] = await read([
      query("RequestCount", "Sum"),
      query("HTTPCode_Target_5XX_Count", "Sum"),
      query("TargetConnectionErrorCount", "Sum"),
      query("TargetResponseTime", "Average"),
    ]);
    expect(requests).to.deep.equal([
      [0, 10],
      [2, 40],
    ]);
    expect(errors).to.deep.equal([[0, 2]]);
    expect(lost).to.deep.equal([[2, 1]]);
    expect(average).to.deep.equal([
      [0, 0.05],
      [2, 0.1],
    ]);
  });

  it("returns percentiles of response times, within 1 %", async () => {
    count(0);
    const [slow, fastest] = await read([query("TargetResponseTime", "p99"), query("TargetResponseTime", "Minimum")]);
    expect(slow![0]![1]).to.be.closeTo(0.05, 0.0005);
    expect(fastest).to.deep.equal(slow);
  });

  it("returns the load balancer's own errors only for the load balancer", async () => {
    count(1, {}, 4);
    const [ofGroup] = await read([query("HTTPCode_ELB_5XX_Count", "Sum")]);
    const [ofAll] = await read([query("HTTPCode_ELB_5XX_Count", "Sum", { group: "" })]);
    expect([ofGroup, ofAll]).to.deep.equal([[], [[1, 4]]]);
  });

  it("adds several minutes up, and returns the newest first by default", async () => {
    for (const period of [0, 1, 2, 3]) count(period);
    const two = { period: 2 * PERIOD };
    expect(await read([query("RequestCount", "Sum", two)])).to.deep.equal([
      [
        [0, 20],
        [2, 20],
      ],
    ]);
    const [newest] = await read([query("RequestCount", "SampleCount")], { ScanBy: undefined });
    expect(newest!.map(([period]) => period)).to.deep.equal([3, 2, 1, 0]);
  });

  it("returns no data points outside the time window", async () => {
    for (const period of [0, 1, 2, 3]) count(period);
    const [found] = await read([query("RequestCount", "Sum")], {
      StartTime: new Date(fromMs + 1.5 * PERIOD * 1000),
      EndTime: new Date(fromMs + 3 * PERIOD * 1000),
    });
    expect(found).to.deep.equal([
      [1, 10],
      [2, 10],
    ]);
  });

  it("takes periods of less than a second, which an AWS minute lasts at more than 60 : 1", async () => {
    const fast = new Scene(100);
    const { model, apis } = createCloudWatch(fast.context);
    try {
      await fast.start(apis);
      const period = 0.6;
      const startMs = Math.floor(Date.now() / 60_000) * 60_000 - 600_000;
      const counts = { requests: 10, target5xx: 0, connectionErrors: 0, responses: 0, responseMs: 0 };
      const groups = [{ targetGroupArn: `${ELB}:${GROUP}`, responseTimes: {}, ...counts }];
      model.metrics.take(`${ELB}:loadbalancer/${LOAD_BALANCER}`, [{ startMs, groups, elb5xx: 0 }]);
      const { MetricDataResults } = await new CloudWatchClient(fast.options()).send(
        new GetMetricDataCommand({
          MetricDataQueries: [query("RequestCount", "Sum", { period })],
          StartTime: new Date(startMs),
          EndTime: new Date(startMs + period * 1000),
        }),
      );
      expect(MetricDataResults![0]!.Values).to.deep.equal([10]);
    } finally {
      model.alarms.close();
      await fast.close();
    }
  });

  it("returns nothing for an unknown target group", async () => {
    expect(await read([query("RequestCount", "Sum", { group: "targetgroup/other/0" })])).to.deep.equal([[]]);
  });

  it("refuses a period that is not a whole AWS minute, and names what it does not support", async () => {
    const [, period] = await refusalOf(read([query("RequestCount", "Sum", { period: 10 })]));
    expect(period).to.equal(
      "Period must be a multiple of 3 s, which is an AWS minute in the rehearsal cloud; given 10",
    );
    const [, metric] = await refusalOf(read([query("ConsumedLCUs", "Sum")]));
    expect(metric).to.contain("MetricName").and.to.contain("expected one of");
    const [, statistic] = await refusalOf(read([query("TargetResponseTime", "tm99")]));
    expect(statistic).to.contain(
      "MetricStat: Stat: wanted SampleCount, Average, Sum, Minimum, Maximum or a percentile such as p99",
    );
    const expression = read([{ Id: "m1", Expression: "SUM(METRICS())" }]);
    expect((await refusalOf(expression))[1]).to.contain('Unrecognized key: "Expression"');
    const twice = await refusalOf(read([query("RequestCount", "Sum"), query("RequestCount", "Sum")]));
    expect(twice).to.deep.equal([
      "ValidationException",
      "The values for parameter id in MetricDataQueries are not unique",
    ]);
    const [, unknown] = await refusalOf(client.send(new ListMetricsCommand({})));
    expect(unknown).to.match(/^the rehearsal cloud has no monitoring operation ListMetrics; it has GetMetricData, /);
  });

  describe("alarms", () => {
    const describe = async (names?: string[]) => {
      const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ AlarmNames: names }));
      return MetricAlarms!.map(({ AlarmName, StateValue, StateReason }) => `${AlarmName} ${StateValue} ${StateReason}`);
    };

    it("are refused with an action in another region (W19)", async () => {
      for (const [topic, says] of [
        [
          TOPIC.replace("ap-northeast-1", "us-east-1"),
          "Invalid region us-east-1 specified. Only ap-northeast-1 is supported.",
        ],
        [TOPIC.replace("arn:aws:", "arn:aws-cn:"), "Invalid partition aws-cn specified. Only aws is supported."],
        ["deploys", "Invalid arn syntax: deploys"],
      ] as const)
        for (const actions of [{ AlarmActions: [topic] }, { OKActions: [TOPIC, topic] }])
          expect(await refusalOf(client.send(new PutMetricAlarmCommand({ ...ALARM, ...actions })))).to.deep.equal([
            "ValidationException",
            says,
          ]);
    });

    it("have no data at first, take a state that is set, and keep it when they change", async () => {
      await client.send(new PutMetricAlarmCommand({ ...ALARM, ExtendedStatistic: "p99", Statistic: undefined }));
      expect(await describe()).to.deep.equal(["users-5xx INSUFFICIENT_DATA Unchecked: Initial alarm creation"]);
      await client.send(
        new SetAlarmStateCommand({ AlarmName: "users-5xx", StateValue: "ALARM", StateReason: "a test" }),
      );
      // With `ignore` and without data an evaluation changes nothing, however fast this machine is.
      const changed = { ...ALARM, Threshold: 50, TreatMissingData: "ignore", AlarmActions: [TOPIC] };
      await client.send(new PutMetricAlarmCommand(changed));
      await client.send(
        new SetAlarmStateCommand({
          AlarmName: "users-5xx",
          ...{ StateValue: "ALARM", StateReason: "a test", StateReasonData: '{"drill":true}' },
        }),
      );
      expect(await describe(["users-5xx", "other"])).to.deep.equal(["users-5xx ALARM a test"]);
      const { MetricAlarms } = await client.send(new DescribeAlarmsCommand({ StateValue: "ALARM" }));
      expect(MetricAlarms![0]).to.include({ Threshold: 50, TreatMissingData: "ignore", DatapointsToAlarm: 3 });
      expect(MetricAlarms![0]).to.deep.include({ AlarmActions: [TOPIC], ActionsEnabled: true, Statistic: "Sum" });
      expect(MetricAlarms![0]).to.include({ StateReasonData: '{"drill":true}' });
      expect(MetricAlarms![0]!.StateUpdatedTimestamp).to.be.instanceOf(Date);
      expect(MetricAlarms![0]!.StateTransitionedTimestamp).to.be.instanceOf(Date);
      const composite = await client.send(new DescribeAlarmsCommand({ AlarmTypes: ["CompositeAlarm"] }));
      expect([composite.MetricAlarms, composite.CompositeAlarms]).to.deep.equal([[], []]);
      await client.send(new DeleteAlarmsCommand({ AlarmNames: ["users-5xx", "other"] }));
      expect(await describe()).to.deep.equal([]);
    });

    it("have a history, page by page", async () => {
      await client.send(new PutMetricAlarmCommand({ ...ALARM, AlarmActions: [TOPIC] }));
      await client.send(new DisableAlarmActionsCommand({ AlarmNames: ["users-5xx"] }));
      const set = (StateValue: "ALARM" | "OK") =>
        client.send(new SetAlarmStateCommand({ AlarmName: "users-5xx", StateValue, StateReason: "a drill" }));
      await set("ALARM");
      await set("OK");
      await client.send(new EnableAlarmActionsCommand({ AlarmNames: ["users-5xx"] }));
      await set("ALARM");
      const history = async (more: DescribeAlarmHistoryCommandInput) => {
        const { AlarmHistoryItems, NextToken } = await client.send(new DescribeAlarmHistoryCommand(more));
        return { NextToken, kinds: AlarmHistoryItems!.map(({ HistoryItemType }) => HistoryItemType) };
      };
      const oldest = { AlarmName: "users-5xx", ScanBy: "TimestampAscending", MaxRecords: 2 } as const;
      const first = await history(oldest);
      expect(first.kinds).to.deep.equal(["ConfigurationUpdate", "StateUpdate"]);
      expect((await history({ ...oldest, NextToken: first.NextToken })).kinds[0]).to.equal("StateUpdate");
      const { AlarmHistoryItems: actions } = await client.send(
        new DescribeAlarmHistoryCommand({ HistoryItemType: "Action" }),
      );
      expect(actions!.map(({ HistorySummary }) => HistorySummary)).to.have.lengthOf(1);
      expect(actions![0]!.HistorySummary).to.contain(TOPIC);
      const future = { StartDate: new Date(Date.now() + 60_000), EndDate: new Date(Date.now() + 120_000) };
      expect((await history(future)).kinds).to.deep.equal([]);
    });

    it("are described page by page", async () => {
      for (const AlarmName of ["c", "a", "b"]) await client.send(new PutMetricAlarmCommand({ ...ALARM, AlarmName }));
      const first = await client.send(new DescribeAlarmsCommand({ MaxRecords: 2 }));
      expect(first.MetricAlarms!.map(({ AlarmName }) => AlarmName)).to.deep.equal(["a", "b"]);
      const second = await client.send(new DescribeAlarmsCommand({ MaxRecords: 2, NextToken: first.NextToken }));
      expect(second.MetricAlarms!.map(({ AlarmName }) => AlarmName)).to.deep.equal(["c"]);
      expect(second.NextToken).to.equal(undefined);
    });

    it("are refused with the errors of CloudWatch", async () => {
      const put = (changes: object) => client.send(new PutMetricAlarmCommand({ ...ALARM, ...changes }));
      expect(await refusalOf(put({ Period: 45 }))).to.deep.equal([
        "ValidationException",
        "Period must be 10, 20, 30 or a multiple of 60; given 45",
      ]);
      expect((await refusalOf(put({ DatapointsToAlarm: 4 })))[1]).to.contain("at most EvaluationPeriods, 3; given 4");
      expect((await refusalOf(put({ EvaluationPeriods: 1441 })))[1]).to.contain("more than a day");
      expect((await refusalOf(put({ Metrics: [{ Id: "m1" }] })))[1]).to.contain('"Metrics"');
      expect((await refusalOf(put({ ExtendedStatistic: "p99" })))[1]).to.contain("Exactly one of");
      expect((await refusalOf(put({ Statistic: undefined, ExtendedStatistic: "tm90" })))[1]).to.contain("given tm90");
      const queue = { Namespace: "AWS/SQS", MetricName: "ApproximateNumberOfMessagesVisible" };
      expect((await refusalOf(put(queue)))[1]).to.contain("the rehearsal cloud has no metric AWS/SQS Approximate");
      const zonal = [{ Name: "AvailabilityZone", Value: "ap-northeast-1a" }];
      expect((await refusalOf(put({ Dimensions: zonal })))[1]).to.contain("AvailabilityZone");
      const set = new SetAlarmStateCommand({ AlarmName: "other", StateValue: "OK", StateReason: "" });
      expect((await refusalOf(client.send(set)))[0]).to.equal("ResourceNotFound");
    });
  });
});
