import { assert } from "chai";
import { AwsTaskDrain } from "../../../automation/aws/task-drain";
import { AwsServer } from "./server";

describe("AwsTaskDrain", () => {
  let aws: AwsServer;
  before(async () => {
    aws = await AwsServer.open();
  });
  after(() => aws.close());

  const has = (containerInstances: object[]) => {
    aws.replies = {
      ListContainerInstances: () =>
        JSON.stringify({ containerInstanceArns: containerInstances.map((_, n) => `arn/${n}`) }),
      DescribeContainerInstances: () => JSON.stringify({ containerInstances }),
      UpdateContainerInstancesState: () => "{}",
    };
  };
  const asked = () =>
    (aws.inputs("UpdateContainerInstancesState") as unknown as { containerInstances: string[]; status: string }[]).map(
      ({ containerInstances, status }) => [status, containerInstances.length],
    );

  it("drains what is active, ten instances in one call (C24, C40)", async () => {
    const active = Array.from({ length: 12 }, (_, n) => ({ containerInstanceArn: `arn/${n}`, status: "ACTIVE" }));
    has([...active, { containerInstanceArn: "arn/12", status: "DRAINING" }]);
    await new AwsTaskDrain("ap-northeast-1").begin("users-blue");
    assert.deepEqual(asked(), [
      ["DRAINING", 10],
      ["DRAINING", 2],
    ]);
  });

  it("asks for nothing where everything drains already", async () => {
    const before = asked().length;
    has([{ containerInstanceArn: "arn/0", status: "DRAINING" }]);
    await new AwsTaskDrain("ap-northeast-1").begin("users-blue");
    assert.equal(asked().length, before);
  });
});
