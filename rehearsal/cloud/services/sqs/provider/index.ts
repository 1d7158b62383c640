import type { ResourceType } from "../../../provider/resource-type";
import type { Sqs } from "../model/sqs";
import { queueType } from "./queue";
import { queuePolicyType } from "./queue-policy";

export function sqsTypes(sqs: Sqs): ResourceType[] {
  return [queueType(sqs), queuePolicyType(sqs)];
}
