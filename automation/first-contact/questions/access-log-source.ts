import {
  DescribeLoadBalancerAttributesCommand,
  ModifyLoadBalancerAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateBucketCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { partitionOf } from "../../../components/core/partition";
import { probeBucket } from "../probe-names";
import type { Question } from "../question";
import type { Trial } from "../trial";

const PREFIX = "probe";

/**
 * Points the access logs of a load balancer to a bucket that lets ELB write only with `aws:SourceArn`: ELB tests that
 * it can write before it takes the setting.
 */
export const accessLogSource: Question = {
  title: "whether ELB names its load balancer when it writes access logs",
  belief: { id: "a", text: "Elastic Load Balancing sends no aws:SourceArn when it writes access logs" },
  moments: ["up"],

  async ask(trial) {
    const { elb } = trial.clients;
    const LoadBalancerArn = (await trial.service()).loadBalancers.blue.arn;
    const bucket = await bucketWithCondition(trial);
    const { Attributes = [] } = await elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }));
    const before = Attributes.filter(({ Key = "" }) => Key.startsWith("access_logs.s3."));
    try {
      await elb.send(
        new ModifyLoadBalancerAttributesCommand({
          LoadBalancerArn,
          Attributes: [
            { Key: "access_logs.s3.enabled", Value: "true" },
            { Key: "access_logs.s3.bucket", Value: bucket },
            { Key: "access_logs.s3.prefix", Value: PREFIX },
          ],
        }),
      );
    } catch (error) {
      if (!/access denied for bucket/i.test((error as Error).message)) throw error;
      return { says: "confirmed", evidence: "a bucket that asks for aws:SourceArn was refused" };
    }
    await elb.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes: before }));
    return { says: "refuted", evidence: "a bucket that asks for aws:SourceArn was taken" };
  },
};

/** @returns the bucket's name */
async function bucketWithCondition(trial: Trial): Promise<string> {
  const { region, accountId } = trial.parts;
  const { s3 } = trial.clients;
  const Bucket = probeBucket(trial.parts);
  const partition = partitionOf(region);
  await s3.send(
    new CreateBucketCommand({
      Bucket,
      // The first region of AWS takes no such constraint.
      ...(region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint: region as never } }),
    }),
  );
  const policy = {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
        Action: "s3:PutObject",
        Resource: `arn:${partition}:s3:::${Bucket}/*`,
        Condition: { ArnLike: { "aws:SourceArn": `arn:${partition}:elasticloadbalancing:${region}:${accountId}:*` } },
      },
    ],
  };
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: JSON.stringify(policy) }));
  return Bucket;
}
