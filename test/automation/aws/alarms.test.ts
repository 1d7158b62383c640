import { assert } from "chai";
import { AwsObserver } from "../../../automation/aws/observer";
import { AwsServer } from "./server";

describe("AwsObserver.alarms", () => {
  let aws: AwsServer;
  let observer: AwsObserver;
  beforeEach(async () => {
    aws = await AwsServer.open();
    observer = new AwsObserver("ap-northeast-1");
  });
  afterEach(() => aws.close());

  it("returns each alarm's state and reason in the order of the names, composite alarms too", async () => {
    aws.replies.DescribeAlarms = () => ({
      MetricAlarms: [
        { AlarmName: "b", StateValue: "ALARM", StateReason: "Threshold Crossed:\n 3 datapoints" },
        { AlarmName: "c", StateValue: "INSUFFICIENT_DATA", StateReason: "Unchecked" },
      ],
      CompositeAlarms: [{ AlarmName: "a", StateValue: "OK", StateReason: "fine" }],
    });
    assert.deepEqual(await observer.alarms(["a", "b", "c"]), [
      { name: "a", state: "OK", reason: "fine" },
      { name: "b", state: "ALARM", reason: "Threshold Crossed: 3 datapoints" },
      { name: "c", state: "INSUFFICIENT_DATA", reason: "Unchecked" },
    ]);
    const [input] = aws.inputs("DescribeAlarms");
    assert.deepEqual(input!.AlarmTypes, ["MetricAlarm", "CompositeAlarm"], "composite alarms would be left out");
  });

  it("says which alarms cannot be read, and why", async () => {
    aws.replies.DescribeAlarms = () => ({ MetricAlarms: [{ AlarmName: "a", StateValue: "OK" }] });
    assert.deepEqual(await observer.alarms(["a", "typo"]), [
      { name: "a", state: "OK", reason: "" },
      { name: "typo", state: "unreadable", reason: "there is no such alarm" },
    ]);
    aws.replies.DescribeAlarms = () => "!AccessDenied";
    const [refused] = await observer.alarms(["a"]);
    assert.deepEqual(refused, {
      name: "a",
      state: "unreadable",
      reason: "DescribeAlarms failed: AccessDenied: AccessDenied",
    });
  });

  it("tries again when it is throttled", async () => {
    let calls = 0;
    aws.replies.DescribeAlarms = () => {
      calls += 1;
      return calls === 1 ? "!Throttling" : { MetricAlarms: [{ AlarmName: "a", StateValue: "OK" }] };
    };
    assert.equal((await observer.alarms(["a"]))[0]!.state, "OK");
  });

  it("reads a hundred alarms with one request in one page, and sends none for no names", async () => {
    aws.replies.DescribeAlarms = () => ({ MetricAlarms: [] });
    assert.lengthOf(await observer.alarms(Array.from({ length: 120 }, (_, index) => `a${index}`)), 120);
    const requests = aws
      .inputs("DescribeAlarms")
      .map(({ AlarmNames, MaxRecords }) => [(AlarmNames as string[]).length, MaxRecords]);
    assert.deepEqual(requests, [
      [100, 100],
      [20, 100],
    ]);
    assert.isEmpty(await observer.alarms([]));
    assert.lengthOf(aws.asked, 2);
  });
});
