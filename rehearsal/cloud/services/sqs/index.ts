import type { CloudContext } from "../../kernel/context";
import type { ResourceType } from "../../provider/resource-type";
import type { CloudService } from "../cloud-service";
import { sqsOperations, sqsPermissions, sqsProtocol } from "./api/sqs";
import { Sqs } from "./model/sqs";
import { getQueue } from "./provider/get-queue";
import { queueType } from "./provider/queue";
import { queuePolicyType } from "./provider/queue-policy";

/** @param apiUrl of the cloud's API, for the URLs of queues */
export function createSqs(context: CloudContext, apiUrl: () => string): CloudService<Sqs> {
  const sqs = new Sqs(context, apiUrl);
  return {
    model: sqs,
    types: sqsTypes(sqs),
    functions: [getQueue(sqs)],
    apis: { sqs: { protocol: sqsProtocol, operations: sqsOperations(sqs), permissions: sqsPermissions(sqs) } },
    close: () => sqs.close(),
  };
}

export function sqsTypes(sqs: Sqs): ResourceType[] {
  return [queueType(sqs), queuePolicyType(sqs)];
}
