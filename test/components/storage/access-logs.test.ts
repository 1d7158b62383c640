import { expect } from "chai";
import { S3 } from "../../../rehearsal/cloud/services/s3/model/s3";
import { silentCloud } from "../../rehearsal/cloud/silent-cloud";
import { declare, STATES } from "../world";

/** Name and ARN of the bucket in the declared world. */
const [BUCKET, ARN] = ["access-logs-bucket", "access-logs-bucket.arn"];

describe("AccessLogs", () => {
  it("lets ELB write its test object for each load balancer, and nowhere else", async () => {
    const { resources } = await declare({ services: { users: STATES.start } });
    const { policy } = resources.find(({ name }) => name === "access-logs-policy")!.inputs;
    const s3 = new S3(silentCloud());
    s3.createBucket(BUCKET);
    s3.putPolicy(BUCKET, String(policy).replaceAll(ARN, `arn:aws:s3:::${BUCKET}`));
    const prefixes = resources
      .filter(({ type }) => type === "aws:lb/loadBalancer:LoadBalancer")
      .map(({ inputs }) => (inputs.accessLogs as { prefix: string }).prefix);
    expect(prefixes).to.have.lengthOf(2);
    expect(prefixes.map((prefix) => s3.mayDeliverLogs(BUCKET, prefix))).to.deep.equal([true, true]);
    // Only this account's load balancers write below the account's number.
    expect(String(policy)).to.include(`${ARN}/*/AWSLogs/123456789012/*`);
  });
});
