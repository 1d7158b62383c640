import {
  DescribeLoadBalancerAttributesCommand,
  type LoadBalancerAttribute,
  ModifyLoadBalancerAttributesCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { CreateBucketCommand, PutBucketPolicyCommand } from "@aws-sdk/client-s3";
import { partitionOf } from "../../../components/core/partition";
import { probeBucket } from "../probe-names";
import type { Question } from "../question";
import type { Trial } from "../trial";

const PREFIX = "probe";
/** AWS seconds for which a bucket is tried: a new policy may not hold everywhere at once. */
const TRIED_SECONDS = 30;

/**
 * Points the access logs of a load balancer to a bucket that lets ELB write only with `aws:SourceArn`: ELB tests that
 * it can write before it takes the setting. A refusal says something only if the same bucket is taken without the
 * condition.
 */
export const accessLogSource: Question = {
  title: "whether ELB names its load balancer when it writes access logs",
  belief: { id: "a", text: "Elastic Load Balancing sends no aws:SourceArn when it writes access logs" },
  moments: ["up"],

  async ask(trial) {
    const { elb } = trial.clients;
    const LoadBalancerArn = (await trial.service()).loadBalancers.blue.arn;
    const { Attributes = [] } = await elb.send(new DescribeLoadBalancerAttributesCommand({ LoadBalancerArn }));
    const before = Attributes.filter(({ Key = "" }) => Key.startsWith("access_logs.s3."));
    const set = (attributes: LoadBalancerAttribute[]) =>
      elb.send(new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn, Attributes: attributes }));
    const isTaken = (bucket: string, leastMs?: number) => {
      const look = async () => {
        try {
          await set([
            { Key: "access_logs.s3.enabled", Value: "true" },
            { Key: "access_logs.s3.bucket", Value: bucket },
            { Key: "access_logs.s3.prefix", Value: PREFIX },
          ]);
          return true;
        } catch (error) {
          if (!/access denied for bucket/i.test((error as Error).message)) throw error;
          return null;
        }
      };
      return trial.until(TRIED_SECONDS, look, leastMs);
    };
    const bucket = await createBucket(trial);
    try {
      await putPolicy(trial, bucket, true);
      if (await isTaken(bucket, 0))
        return { says: "refuted", evidence: "a bucket that asks for aws:SourceArn was taken" };
      await putPolicy(trial, bucket, false);
      if (await isTaken(bucket))
        return {
          says: "confirmed",
          evidence: "a bucket that asks for aws:SourceArn was refused, and taken once it did not",
        };
      return { evidence: "the bucket was refused without a condition, too" };
    } finally {
      await set(before);
    }
  },
};

/** @returns the bucket's name */
async function createBucket(trial: Trial): Promise<string> {
  const { region } = trial.parts;
  const Bucket = probeBucket(trial.parts);
  await trial.clients.s3.send(
    new CreateBucketCommand({
      Bucket,
      // The first region of AWS takes no such constraint.
      ...(region === "us-east-1" ? {} : { CreateBucketConfiguration: { LocationConstraint: region as never } }),
    }),
  );
  return Bucket;
}

/** Lets ELB write to the bucket, with a condition on `aws:SourceArn` or without one. */
async function putPolicy(trial: Trial, Bucket: string, hasCondition: boolean): Promise<void> {
  const { region, accountId } = trial.parts;
  const partition = partitionOf(region);
  const SourceArn = `arn:${partition}:elasticloadbalancing:${region}:${accountId}:*`;
  const statement = {
    Effect: "Allow",
    Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
    Action: "s3:PutObject",
    Resource: `arn:${partition}:s3:::${Bucket}/${PREFIX}/AWSLogs/${accountId}/*`,
    ...(hasCondition ? { Condition: { ArnLike: { "aws:SourceArn": SourceArn } } } : {}),
  };
  const Policy = JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
  await trial.clients.s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
}
