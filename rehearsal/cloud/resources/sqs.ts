import type { Sqs } from "../aws/sqs";
import type { ResourceType } from "../provider/resource-type";
import { queueType } from "./sqs/queue";
import { queuePolicyType } from "./sqs/queue-policy";

export function sqsTypes(sqs: Sqs): ResourceType[] {
  return [queueType(sqs), queuePolicyType(sqs)];
}
