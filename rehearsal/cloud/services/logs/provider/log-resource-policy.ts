import { z } from "zod";
import { defineSetting, type ResourceType } from "../../../provider/resource-type";
import type { CloudWatchLogs } from "../model/cloudwatch-logs";

/** A resource policy of the account. Those of single log groups are not modelled. */
export function logResourcePolicyType({ policies }: CloudWatchLogs): ResourceType {
  return defineSetting({
    idArgument: "policyName",
    token: "aws:cloudwatch/logResourcePolicy:LogResourcePolicy",
    awsCalls: {
      put: "logs:PutResourcePolicy",
      read: "logs:DescribeResourcePolicies",
      delete: "logs:DeleteResourcePolicy",
    },
    inputs: z.object({ policyName: z.string().min(1), policyDocument: z.string() }),
    put({ policyName, policyDocument }) {
      policies.put(policyName, policyDocument);
    },
    async read(id) {
      const policyDocument = policies.find(id);
      return policyDocument === undefined ? null : { policyName: id, policyDocument };
    },
    async delete(id) {
      policies.delete(id);
    },
  });
}
