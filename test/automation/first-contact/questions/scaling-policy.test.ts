import { expect } from "chai";
import { scalingPolicy } from "../../../../automation/first-contact/questions/scaling-policy";
import { AwsServer } from "../../aws/server";
import { SampleTrial } from "../sample-trial";

const DENIED = "User: probe is not authorized to perform:";

describe("the question whether a scaling policy needs the right to put alarms", () => {
  let aws: AwsServer;
  beforeEach(async () => {
    aws = await AwsServer.open();
  });
  afterEach(() => aws.close());

  /** @param refusals of PutScalingPolicy, in order; then it is taken */
  const ask = (...refusals: string[]) => {
    const left = [...refusals];
    aws.replies = {
      CreateRole: () =>
        "<CreateRoleResponse><CreateRoleResult><Role><Arn>arn:role</Arn></Role></CreateRoleResult></CreateRoleResponse>",
      PutRolePolicy: () => "<PutRolePolicyResponse/>",
      AssumeRole: () =>
        "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA1</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>y</SessionToken></Credentials></AssumeRoleResult></AssumeRoleResponse>",
      PutScalingPolicy: () => {
        const refusal = left.shift();
        return refusal
          ? `!${refusal}`
          : "<PutScalingPolicyResponse><PutScalingPolicyResult/></PutScalingPolicyResponse>";
      },
      DeletePolicy: () => "<DeletePolicyResponse/>",
    };
    return scalingPolicy.ask(new SampleTrial().trial);
  };

  it("waits until the role's session and its policy are known", async () => {
    const { says } = await ask(
      "InvalidClientTokenId The security token included in the request is invalid",
      `AccessDenied ${DENIED} autoscaling:PutScalingPolicy`,
    );
    expect(says).to.equal("confirmed");
    expect(aws.inputs("DeletePolicy")).to.have.length(1);
  });

  it("refutes the belief by AWS's own words", async () => {
    const { says, evidence } = await ask(`AccessDenied ${DENIED} cloudwatch:PutMetricAlarm`);
    expect({ says, evidence }).to.deep.equal({
      says: "refuted",
      evidence: `AccessDenied ${DENIED} cloudwatch:PutMetricAlarm`,
    });
  });
});
