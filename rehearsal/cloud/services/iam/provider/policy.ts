import { z } from "zod";
import { jsonDocument } from "../../../provider/json-document";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { Iam } from "../model/iam";
import { MAX_NAME_LENGTH } from "../model/limits";
import type { ManagedPolicy } from "../model/policies";

export function policyType(iam: Iam): ResourceType {
  const { policies } = iam;
  const outputs = (policy: ManagedPolicy) => ({
    arn: policy.arn,
    name: policy.name,
    path: policy.path,
    description: policy.description,
    policy: policy.json,
    policyId: policy.id,
    attachmentCount: iam.rolesWith(policy.arn).length,
  });
  return defineResource({
    token: "aws:iam/policy:Policy",
    awsCalls: {
      create: "iam:CreatePolicy",
      read: "iam:GetPolicy",
      update: "iam:CreatePolicyVersion",
      delete: "iam:DeletePolicy",
    },
    inputs: z.object({
      name: z.string().optional(),
      namePrefix: z.string().optional(),
      path: z.string().default("/"),
      description: z.string().optional(),
      policy: jsonDocument,
      tags,
    }),
    replaceOn: ["name", "namePrefix", "path", "description"],
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH.policy },
    computed: ["arn", "policyId", "attachmentCount"],
    async create({ name, path, description = "", policy }) {
      const created = policies.create({ name: name!, path, description, json: policy });
      return { id: created.arn, outputs: outputs(created) };
    },
    async read(id) {
      const policy = policies.find(id);
      return policy ? outputs(policy) : null;
    },
    async update(id, { policy }) {
      return outputs(policies.setJson(id, policy));
    },
    async delete(id) {
      iam.deletePolicy(id);
    },
  });
}
