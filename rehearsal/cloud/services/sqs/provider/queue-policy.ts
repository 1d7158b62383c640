import { z } from "zod";
import { jsonDocument } from "../../../provider/json-document";
import { defineSetting, type ResourceType } from "../../../provider/resource-type";
import type { Sqs } from "../model/sqs";
import { waitForAttributes } from "./propagation";

/** The policy of a queue. The id is the queue's URL; the deletion removes the policy. */
export function queuePolicyType(sqs: Sqs): ResourceType {
  const { clock } = sqs.context;
  return defineSetting({
    idArgument: "queueUrl",
    token: "aws:sqs/queuePolicy:QueuePolicy",
    awsCalls: { put: "sqs:SetQueueAttributes", read: "sqs:GetQueueAttributes", delete: "sqs:SetQueueAttributes" },
    inputs: z.object({ queueUrl: z.string(), policy: jsonDocument }),
    async put({ queueUrl, policy }, { signal }) {
      sqs.setPolicy(queueUrl, policy);
      await waitForAttributes(clock, signal);
    },
    async read(id) {
      const json = sqs.findByUrl(id)?.policy?.json;
      return json === undefined ? null : { queueUrl: id, policy: json };
    },
    async delete(id, _outputs, { signal }) {
      if (!sqs.findByUrl(id)) return;
      sqs.setPolicy(id, null);
      await waitForAttributes(clock, signal);
    },
  });
}
