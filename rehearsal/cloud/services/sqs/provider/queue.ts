import { z } from "zod";
import { parseJson } from "../../../../../components/core/parse-json";
import { NotReadyError } from "../../../kernel/aws-error";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { retryWhile } from "../../../provider/retry";
import { tags } from "../../../provider/tags";
import type { Queue } from "../model/queue";
import type { QueueSettings } from "../model/queue-settings";
import type { Sqs } from "../model/sqs";
import { waitForAttributes, waitForDeletion } from "./propagation";

const MAX_NAME_LENGTH = 80;
/** AWS seconds for which the provider retries a name that is not available yet: half of its limit of 3 minutes. */
const CREATE_SECONDS = 90;

const json = z.string().refine((text) => parseJson(text) !== undefined, "contains an invalid JSON");
const inputs = z.object({
  name: z
    .string()
    .regex(/^[0-9A-Za-z_-]{1,80}$/, "invalid queue name: 1 to 80 letters, digits, _ and -")
    .optional(),
  namePrefix: z.string().optional(),
  delaySeconds: z.int().min(0).max(900).default(0),
  maxMessageSize: z.int().min(1024).max(1_048_576).default(262_144),
  messageRetentionSeconds: z.int().min(60).max(1_209_600).default(345_600),
  receiveWaitTimeSeconds: z.int().min(0).max(20).default(0),
  visibilityTimeoutSeconds: z.int().min(0).max(43_200).default(30),
  sqsManagedSseEnabled: z.boolean().default(true),
  redrivePolicy: json.optional(),
  policy: json.optional(),
  tags,
});
type Inputs = z.output<typeof inputs>;

/** A standard queue. The id is the URL. FIFO queues and KMS keys are not supported. */
export function queueType(sqs: Sqs): ResourceType {
  const { clock } = sqs.context;
  const outputs = (queue: Queue) => ({ arn: queue.arn, name: queue.name, url: sqs.urlOf(queue) });
  return defineResource({
    token: "aws:sqs/queue:Queue",
    awsCalls: {
      create: "sqs:CreateQueue",
      read: "sqs:GetQueueAttributes",
      update: "sqs:SetQueueAttributes",
      delete: "sqs:DeleteQueue",
    },
    inputs,
    optionalComputed: ["policy", "redrivePolicy", "sqsManagedSseEnabled"],
    replaceOn: ["name", "namePrefix"],
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH },
    computed: ["arn", "url"],
    async create(given, { signal }) {
      const retry = { code: "QueueDeletedRecently", limitSeconds: CREATE_SECONDS, clock, signal };
      const queue = await retryWhile(retry, () =>
        sqs.create(given.name!, settingsOf(given), given.policy ?? null, given.tags),
      );
      const created = outputs(queue);
      await waitForAttributes(clock, signal).catch((error: Error) => {
        throw new NotReadyError(`waiting for SQS Queue (${created.url}): ${error.message}`, created.url, created);
      });
      return { id: created.url, outputs: created };
    },
    async read(id) {
      const queue = sqs.findByUrl(id);
      if (!queue) return null;
      const { redrivePolicy, ...settings } = queue.settings;
      return {
        ...outputs(queue),
        ...settings,
        ...(redrivePolicy === null ? {} : { redrivePolicy }),
        ...(queue.policy === null ? {} : { policy: queue.policy.json }),
      };
    },
    async update(id, given, old, { signal }) {
      const wanted = { ...old, ...given };
      // A policy that the queue does not declare belongs to a QueuePolicy, or is left from one that it did.
      const policy = given.policy ?? sqs.getByUrl(id).policy?.json ?? null;
      const queue = sqs.set(id, settingsOf(wanted), policy);
      queue.tags = given.tags ?? {};
      if (!onlyTagsDiffer(wanted, old)) await waitForAttributes(clock, signal);
      return outputs(queue);
    },
    async delete(id, _outputs, { signal }) {
      if (!sqs.findByUrl(id)) return;
      sqs.delete(id);
      await waitForDeletion(clock, signal);
    },
  });
}

function settingsOf(given: Inputs): QueueSettings {
  return {
    delaySeconds: given.delaySeconds,
    maxMessageSize: given.maxMessageSize,
    messageRetentionSeconds: given.messageRetentionSeconds,
    receiveWaitTimeSeconds: given.receiveWaitTimeSeconds,
    visibilityTimeoutSeconds: given.visibilityTimeoutSeconds,
    sqsManagedSseEnabled: given.sqsManagedSseEnabled,
    redrivePolicy: given.redrivePolicy ?? null,
  };
}

function onlyTagsDiffer(given: Inputs, old: Inputs): boolean {
  return given.policy === old.policy && JSON.stringify(settingsOf(given)) === JSON.stringify(settingsOf(old));
}
