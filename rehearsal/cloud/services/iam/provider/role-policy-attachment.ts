import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import type { Iam } from "../model/iam";

export function rolePolicyAttachmentType(iam: Iam): ResourceType {
  const { roles } = iam;
  const parse = (id: string) => {
    const slash = id.indexOf("/");
    return { role: id.slice(0, slash), policyArn: id.slice(slash + 1) };
  };
  return defineResource({
    token: "aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    awsCalls: { create: "iam:AttachRolePolicy", read: "iam:ListAttachedRolePolicies", delete: "iam:DetachRolePolicy" },
    inputs: z.object({ role: z.string(), policyArn: z.string() }),
    async create({ role, policyArn }) {
      iam.attachPolicy(role, policyArn);
      return { id: `${role}/${policyArn}`, outputs: {} };
    },
    async read(id) {
      const { role, policyArn } = parse(id);
      return roles.find(role)?.attached.has(policyArn) ? { role, policyArn } : null;
    },
    async delete(id) {
      const { role, policyArn } = parse(id);
      if (roles.find(role)?.attached.has(policyArn)) roles.detach(role, policyArn);
    },
  });
}
