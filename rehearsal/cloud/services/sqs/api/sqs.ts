import { z } from "zod";
import { AwsError } from "../../../kernel/aws-error";
import { jsonProtocolAfterQuery } from "../../../protocols/json";
import { type Input, type Operation, operation } from "../../../protocols/service";
import type { RequiredPermission } from "../../cloud-service";
import { type MessageAttribute, md5, md5OfAttributes, sizeOf } from "../model/message";
import type { Queue, Received } from "../model/queue";
import type { Sqs } from "../model/sqs";
import { performBatch } from "./batch";

/** Bytes of all messages of a batch together. */
const MAX_BATCH_BYTES = 1_048_576;

const QueueUrl = z.string();
const ReceiptHandle = z.string();
const MessageAttributes = z
  .record(
    z.string(),
    z.strictObject({ DataType: z.string(), StringValue: z.string().optional(), BinaryValue: z.string().optional() }),
  )
  .default({});
const message = {
  MessageBody: z.string(),
  DelaySeconds: within("DelaySeconds", 0, 900),
  MessageAttributes,
};
const VisibilityTimeout = within("VisibilityTimeout", 0, 43_200);
const names = z.array(z.string()).default([]);

/** Codes that SQS named otherwise when it spoke AWS Query, and those that only had a prefix. */
const QUERY_CODES: Readonly<Record<string, string>> = {
  QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
  QueueNameExists: "QueueAlreadyExists",
};
const WITH_PREFIX = new Set([
  "BatchEntryIdsNotDistinct",
  "BatchRequestTooLong",
  "EmptyBatchRequest",
  "InvalidBatchEntryId",
  "MessageNotInflight",
  "PurgeQueueInProgress",
  "QueueDeletedRecently",
  "TooManyEntriesInBatchRequest",
]);

export const sqsProtocol = jsonProtocolAfterQuery(
  "com.amazonaws.sqs",
  (code) => QUERY_CODES[code] ?? (WITH_PREFIX.has(code) ? `AWS.SimpleQueueService.${code}` : code),
);

export function sqsOperations(sqs: Sqs): Record<string, Operation> {
  return {
    SendMessage: operation({ QueueUrl, ...message }, (input, { caller }) =>
      sent(sqs.getByUrl(input.QueueUrl), input, caller.userId),
    ),
    SendMessageBatch: operation(
      { QueueUrl, Entries: z.array(z.strictObject({ Id: z.string(), ...message })) },
      ({ QueueUrl: url, Entries }, { caller }) => {
        const queue = sqs.getByUrl(url);
        const bytes = Entries.reduce((sum, entry) => sum + sizeOf(entry.MessageBody, entry.MessageAttributes), 0);
        if (bytes > MAX_BATCH_BYTES) {
          throw new AwsError(
            "BatchRequestTooLong",
            `Batch requests cannot be longer than ${MAX_BATCH_BYTES} bytes. You have sent ${bytes} bytes.`,
          );
        }
        return performBatch(Entries, "SendMessageBatchRequestEntry", (entry) => sent(queue, entry, caller.userId));
      },
    ),
    ReceiveMessage: operation(
      {
        QueueUrl,
        MaxNumberOfMessages: within("MaxNumberOfMessages", 1, 10),
        WaitTimeSeconds: within("WaitTimeSeconds", 0, 20),
        VisibilityTimeout,
        AttributeNames: names,
        MessageSystemAttributeNames: names,
        MessageAttributeNames: names,
      },
      async (input, { signal }) => {
        const received = await sqs
          .getByUrl(input.QueueUrl)
          .receive(
            { maxMessages: input.MaxNumberOfMessages ?? 1, visibilitySeconds: input.VisibilityTimeout },
            signal,
            input.WaitTimeSeconds,
          );
        const system = [...input.AttributeNames, ...input.MessageSystemAttributeNames];
        const Messages = received.map((one) => described(one, system, input.MessageAttributeNames));
        return Messages.length > 0 ? { Messages } : {};
      },
    ),
    DeleteMessage: operation({ QueueUrl, ReceiptHandle }, (input) => {
      sqs.getByUrl(input.QueueUrl).delete(input.ReceiptHandle);
      return {};
    }),
    DeleteMessageBatch: operation(
      { QueueUrl, Entries: z.array(z.strictObject({ Id: z.string(), ReceiptHandle })) },
      ({ QueueUrl: url, Entries }) => {
        const queue = sqs.getByUrl(url);
        return performBatch(Entries, "DeleteMessageBatchRequestEntry", (entry) => {
          queue.delete(entry.ReceiptHandle);
          return {};
        });
      },
    ),
    ChangeMessageVisibility: operation({ QueueUrl, ReceiptHandle, VisibilityTimeout }, (input) => {
      sqs.getByUrl(input.QueueUrl).changeVisibility(input.ReceiptHandle, input.VisibilityTimeout ?? 0);
      return {};
    }),
    GetQueueUrl: operation({ QueueName: z.string() }, ({ QueueName }) => {
      const queue = sqs.find(QueueName);
      if (!queue) throw new AwsError("QueueDoesNotExist", "The specified queue does not exist.");
      return { QueueUrl: sqs.urlOf(queue) };
    }),
    GetQueueAttributes: operation({ QueueUrl, AttributeNames: names }, ({ QueueUrl: url, AttributeNames }) => {
      const all = attributesOf(sqs.getByUrl(url));
      const unknown = AttributeNames.find((name) => name !== "All" && !(name in all));
      if (unknown !== undefined) throw new AwsError("InvalidAttributeName", `Unknown Attribute ${unknown}.`);
      return { Attributes: chosen(all, AttributeNames) };
    }),
    PurgeQueue: operation({ QueueUrl }, ({ QueueUrl: url }) => {
      sqs.getByUrl(url).purge();
      return {};
    }),
  };
}

/** By operation. */
export function sqsPermissions(sqs: Sqs): Record<string, (input: Input) => RequiredPermission[]> {
  const onName = (action: string, name: string): RequiredPermission[] => [
    { action: `sqs:${action}`, resource: sqs.arnOf(name), policy: sqs.find(name)?.policy?.statements },
  ];
  const onUrl = (action: string) => (input: Input) => onName(action, String(input.QueueUrl).split("/").at(-1)!);
  return {
    SendMessage: onUrl("SendMessage"),
    SendMessageBatch: onUrl("SendMessage"),
    ReceiveMessage: onUrl("ReceiveMessage"),
    DeleteMessage: onUrl("DeleteMessage"),
    DeleteMessageBatch: onUrl("DeleteMessage"),
    ChangeMessageVisibility: onUrl("ChangeMessageVisibility"),
    GetQueueAttributes: onUrl("GetQueueAttributes"),
    PurgeQueue: onUrl("PurgeQueue"),
    GetQueueUrl: (input) => onName("GetQueueUrl", String(input.QueueName)),
  };
}

function sent(
  queue: Queue,
  entry: {
    MessageBody: string;
    DelaySeconds?: number | undefined;
    MessageAttributes: Record<string, MessageAttribute>;
  },
  senderId: string,
) {
  const { id } = queue.send({
    body: entry.MessageBody,
    attributes: entry.MessageAttributes,
    senderId,
    delaySeconds: entry.DelaySeconds,
  });
  return {
    MessageId: id,
    MD5OfMessageBody: md5(entry.MessageBody),
    MD5OfMessageAttributes: md5OfAttributes(entry.MessageAttributes),
  };
}

function described({ message: one, receiptHandle }: Received, system: string[], attributeNames: string[]) {
  const systemAttributes = {
    SenderId: one.senderId,
    SentTimestamp: String(one.sentAtMs),
    ApproximateReceiveCount: String(one.receiveCount),
    ApproximateFirstReceiveTimestamp: String(one.firstReceivedAtMs),
    DeadLetterQueueSourceArn: one.deadLetterSource,
  };
  const attributes = Object.fromEntries(
    Object.entries(one.attributes).filter(([name]) => attributeNames.some((pattern) => isChosen(name, pattern))),
  );
  return {
    MessageId: one.id,
    ReceiptHandle: receiptHandle,
    Body: one.body,
    MD5OfBody: md5(one.body),
    Attributes: chosen(systemAttributes, system),
    MessageAttributes: Object.keys(attributes).length > 0 ? attributes : undefined,
    MD5OfMessageAttributes: md5OfAttributes(attributes),
  };
}

/** `All`, `.*`, a name, or a beginning as `order.*`. */
function isChosen(name: string, pattern: string): boolean {
  if (pattern === "All" || pattern === ".*") return true;
  return pattern.endsWith(".*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function attributesOf(queue: Queue): Record<string, string | undefined> {
  const { settings, counts } = queue;
  return {
    QueueArn: queue.arn,
    ApproximateNumberOfMessages: String(counts.ready),
    ApproximateNumberOfMessagesNotVisible: String(counts.inFlight),
    ApproximateNumberOfMessagesDelayed: String(counts.delayed),
    CreatedTimestamp: String(Math.floor(queue.createdAtMs / 1000)),
    LastModifiedTimestamp: String(Math.floor(queue.changedAtMs / 1000)),
    DelaySeconds: String(settings.delaySeconds),
    MaximumMessageSize: String(settings.maxMessageSize),
    MessageRetentionPeriod: String(settings.messageRetentionSeconds),
    ReceiveMessageWaitTimeSeconds: String(settings.receiveWaitTimeSeconds),
    VisibilityTimeout: String(settings.visibilityTimeoutSeconds),
    SqsManagedSseEnabled: String(settings.sqsManagedSseEnabled),
    Policy: queue.policy?.json,
    RedrivePolicy: settings.redrivePolicy ?? undefined,
  };
}

/** Undefined if nothing is chosen, as SQS leaves an empty map out. */
function chosen(
  all: Record<string, string | undefined>,
  wanted: string[],
): Record<string, string | undefined> | undefined {
  const entries = Object.entries(all).filter(
    ([name, value]) => value !== undefined && (wanted.includes("All") || wanted.includes(name)),
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

function within(name: string, lowest: number, highest: number) {
  return z
    .number()
    .transform((value) => {
      if (Number.isInteger(value) && value >= lowest && value <= highest) return value;
      throw new AwsError(
        "InvalidParameterValue",
        `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${lowest} and ${highest}, if provided.`,
      );
    })
    .optional();
}
