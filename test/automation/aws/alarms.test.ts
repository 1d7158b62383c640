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

  it("tells each alarm's state and reason in the order asked, also of composite ones", async () => {
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
    assert.deepEqual(input!.AlarmTypes, ["MetricAlarm", "CompositeAlarm"], "else composite ones are left out");
  });

  it("says which cannot be read, and why", async () => {
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

  it("asks for a hundred at once, all in one page, and for none not at all", async () => {
    aws.replies.DescribeAlarms = () => ({ MetricAlarms: [] });
    assert.lengthOf(await observer.alarms(Array.from({ length: 120 }, (_, index) => `a${index}`)), 120);
    const asked = aws
      .inputs("DescribeAlarms")
      .map(({ AlarmNames, MaxRecords }) => [(AlarmNames as string[]).length, MaxRecords]);
    assert.deepEqual(asked, [
      [100, 100],
      [20, 100],
    ]);
    assert.isEmpty(await observer.alarms([]));
    assert.lengthOf(aws.asked, 2);
  });
});
