import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import type { CloudWatchLogs } from "../model/cloudwatch-logs";

/** A resource policy of the account. Those of single log groups are not modelled. */
export function logResourcePolicyType({ policies }: CloudWatchLogs): ResourceType {
  return defineResource({
    token: "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    awsCalls: {
      create: "logs:PutResourcePolicy",
      read: "logs:DescribeResourcePolicies",
      update: "logs:PutResourcePolicy",
      delete: "logs:DeleteResourcePolicy",
    },
    inputs: z.object({ policyName: z.string().min(1), policyDocument: z.string() }),
    replaceOn: ["policyName"],
    async create({ policyName, policyDocument }) {
      policies.put(policyName, policyDocument);
      return { id: policyName, outputs: {} };
    },
    async read(id) {
      const policyDocument = policies.find(id);
      return policyDocument === undefined ? null : { policyName: id, policyDocument };
    },
    async update(id, { policyDocument }) {
      policies.put(id, policyDocument);
      return {};
    },
    async delete(id) {
      policies.delete(id);
    },
  });
}
