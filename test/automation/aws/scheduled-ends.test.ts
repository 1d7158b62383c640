import { assert } from "chai";
import { AwsScheduledEnds } from "../../../automation/aws/scheduled-ends";
import { AwsServer } from "./server";

describe("AwsScheduledEnds", () => {
  let aws: AwsServer;
  before(async () => {
    aws = await AwsServer.open();
  });
  after(() => aws.close());

  const cancel = (reply: string) => {
    aws.replies = { DeleteScheduledAction: () => reply };
    return new AwsScheduledEnds("ap-northeast-1").cancel("users-blue").then(
      () => "done",
      (error: Error) => error.message,
    );
  };

  it("deletes the action of a group, and takes one that has run for done (A32)", async () => {
    assert.equal(await cancel("<DeleteScheduledActionResponse/>"), "done");
    assert.include(aws.inputs("DeleteScheduledAction")[0], {
      AutoScalingGroupName: "users-blue",
      ScheduledActionName: "end-keep-warm",
    });
    assert.equal(await cancel("!ValidationError Scheduled action name not found"), "done");
  });

  it("fails in AWS's words otherwise", async () => {
    assert.match(await cancel("!AccessDenied not authorized, group not found"), /not authorized/);
    assert.match(await cancel("!ValidationError something else"), /something else/);
  });
});
