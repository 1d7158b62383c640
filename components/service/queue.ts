import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Account } from "../core/account";
import { deadLetterQueueName, queueName } from "../core/names";
import type { Tags } from "../core/tags";
import type { ServiceOutputs, Wrapped } from "../live/outputs";
import type { ServiceSettings } from "../settings/settings";

/** The longest wait that SQS offers. A worker that wants a shorter one asks for it in its own requests. */
const LONG_POLLING_SECONDS = 20;
/** 4 days, the default of SQS. */
const RETENTION_SECONDS = 345_600;
/**
 * 14 days, the longest that SQS keeps a message. A job's age counts from when it was first sent, so this must be
 * longer than the retention of the queue itself.
 */
const DEAD_LETTER_RETENTION_SECONDS = 1_209_600;

export interface QueueArgs {
  account: Account;
  queue: NonNullable<ServiceSettings["queue"]>;
  tags: Tags;
}

/**
 * The queue of a worker, and the dead-letter queue for jobs that were received too often. Both are encrypted with
 * SQS's own keys, and refuse requests without TLS. The task roles of the services say who may send and receive. The
 * queue is deleted with its content when the worker is removed from the settings.
 *
 * Cost: 0.40 USD for each million requests in ap-northeast-1 after the first (aws.amazon.com/sqs/pricing).
 */
export class Queue extends pulumi.ComponentResource {
  readonly arn: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly outputs: Wrapped<NonNullable<ServiceOutputs["queue"]>>;

  constructor(name: string, args: QueueArgs, opts?: pulumi.ComponentResourceOptions) {
    super("aoshingo:queue:Queue", name, {}, opts);

    const { account } = args;
    const common = { sqsManagedSseEnabled: true, tags: args.tags };
    const deadLetters = new aws.sqs.Queue(
      `${name}-dead-letter-queue`,
      { ...common, name: deadLetterQueueName(account, name), messageRetentionSeconds: DEAD_LETTER_RETENTION_SECONDS },
      { parent: this },
    );
    const queue = new aws.sqs.Queue(
      `${name}-queue`,
      {
        ...common,
        name: queueName(account, name),
        messageRetentionSeconds: RETENTION_SECONDS,
        receiveWaitTimeSeconds: LONG_POLLING_SECONDS,
        visibilityTimeoutSeconds: args.queue.visibilityTimeoutSeconds,
        redrivePolicy: pulumi.jsonStringify({
          deadLetterTargetArn: deadLetters.arn,
          maxReceiveCount: args.queue.maxReceiveCount,
        }),
      },
      { parent: this },
    );
    createPolicy(this, `${name}-dead-letter-queue`, deadLetters);
    const policy = createPolicy(this, `${name}-queue`, queue);

    this.arn = queue.arn;
    // Known once the policy exists, so that nobody uses the queue before.
    this.url = policy.queueUrl;
    const { visibilityTimeoutSeconds } = args.queue;
    this.outputs = { url: this.url, deadLetterUrl: deadLetters.url, visibilityTimeoutSeconds };
    this.registerOutputs({ arn: this.arn, url: this.url });
  }
}

function createPolicy(parent: Queue, name: string, queue: aws.sqs.Queue): aws.sqs.QueuePolicy {
  const document = {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "OnlyTls",
        Effect: "Deny",
        Principal: "*",
        Action: "sqs:*",
        Resource: queue.arn,
        Condition: { Bool: { "aws:SecureTransport": "false" } },
      },
    ],
  };
  return new aws.sqs.QueuePolicy(
    `${name}-policy`,
    { queueUrl: queue.url, policy: pulumi.jsonStringify(document) },
    { parent },
  );
}
