import { assert } from "chai";
import { AwsTrafficSwitch } from "../../../automation/aws/traffic-switch";
import { AwsServer } from "./server";

const RULE = "arn:aws:elasticloadbalancing:ap-northeast-1:123456789012:listener-rule/app/blue/1/2/3";
const TARGET_GROUPS = [
  { arn: "arn/users-blue", weight: 100 },
  { arn: "arn/users-green", weight: 0 },
];

describe("AwsTrafficSwitch", () => {
  let aws: AwsServer;
  before(async () => {
    aws = await AwsServer.open();
  });
  after(() => aws.close());

  it("gives a rule its target groups' weights", async () => {
    aws.replies = { ModifyRule: () => "<ModifyRuleResponse/>" };
    await new AwsTrafficSwitch("ap-northeast-1").route({ arn: RULE, targetGroups: TARGET_GROUPS });
    const [input] = aws.inputs("ModifyRule");
    assert.include(input, {
      RuleArn: RULE,
      "Actions.member.1.ForwardConfig.TargetGroups.member.1.Weight": "100",
      "Actions.member.1.ForwardConfig.TargetGroups.member.2.TargetGroupArn": "arn/users-green",
    });
  });

  it("tries again when no answer comes: a rollback does not hang on a dead connection", async () => {
    let calls = 0;
    aws.replies = { ModifyRule: () => (++calls === 1 ? AwsServer.SILENCE : "<ModifyRuleResponse/>") };
    await new AwsTrafficSwitch("ap-northeast-1").route({ arn: RULE, targetGroups: TARGET_GROUPS });
    assert.equal(calls, 2);
  });
});
