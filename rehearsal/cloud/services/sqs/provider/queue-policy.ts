import { z } from "zod";
import { jsonDocument } from "../../../provider/json-document";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import type { Sqs } from "../model/sqs";
import { waitForAttributes } from "./propagation";

/** The policy of a queue. The id is the queue's URL; the deletion removes the policy. */
export function queuePolicyType(sqs: Sqs): ResourceType {
  const { clock } = sqs.context;
  return defineResource({
    token: "aws:sqs/queuePolicy:QueuePolicy",
    awsCalls: {
      create: "sqs:SetQueueAttributes",
      read: "sqs:GetQueueAttributes",
      update: "sqs:SetQueueAttributes",
      delete: "sqs:SetQueueAttributes",
    },
    inputs: z.object({ queueUrl: z.string(), policy: jsonDocument }),
    replaceOn: ["queueUrl"],
    async create({ queueUrl, policy }, { signal }) {
      sqs.setPolicy(queueUrl, policy);
      await waitForAttributes(clock, signal);
      return { id: queueUrl, outputs: {} };
    },
    async read(id) {
      const json = sqs.findByUrl(id)?.policy?.json;
      return json === undefined ? null : { queueUrl: id, policy: json };
    },
    async update(id, { policy }, _old, { signal }) {
      sqs.setPolicy(id, policy);
      await waitForAttributes(clock, signal);
      return {};
    },
    async delete(id, _outputs, { signal }) {
      if (!sqs.findByUrl(id)) return;
      sqs.setPolicy(id, null);
      await waitForAttributes(clock, signal);
    },
  });
}
