import { jsonProtocol } from "./json";
import type { Protocol } from "./service";

/** Codes that were other words when SQS spoke AWS Query; old clients' code still looks for those. */
const QUERY_CODES: Record<string, string> = {
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

/** AWS JSON 1.0, with AWS Query's error codes in a header. */
export const sqsProtocol: Protocol = {
  ...jsonProtocol,
  contentType: "application/x-amz-json-1.0",
  refusals: { accessDenied: "AccessDenied", unknownKey: "InvalidClientTokenId" },
  writeError: (code, message) => JSON.stringify({ __type: `com.amazonaws.sqs#${code}`, message }),
  errorHeaders: (code) => {
    const queryCode = QUERY_CODES[code] ?? (WITH_PREFIX.has(code) ? `AWS.SimpleQueueService.${code}` : code);
    return { "x-amzn-query-error": `${queryCode};Sender` };
  },
};
