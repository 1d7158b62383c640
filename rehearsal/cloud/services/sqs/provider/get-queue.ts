import { z } from "zod";
import { defineFunction, type ProviderFunction } from "../../../provider/resource-type";
import type { Sqs } from "../model/sqs";

/** A queue with its tags. */
export function getQueue(sqs: Sqs): ProviderFunction {
  return defineFunction({
    token: "aws:sqs/getQueue:getQueue",
    awsCall: "sqs:GetQueueUrl",
    args: z.strictObject({ name: z.string() }),
    async call({ name }) {
      const queue = sqs.find(name);
      if (!queue)
        throw new Error(`reading SQS Queue (${name}) URL: QueueDoesNotExist: The specified queue does not exist.`);
      const url = sqs.urlOf(queue);
      return { id: url, url, name, arn: queue.arn, tags: queue.tags };
    },
  });
}
