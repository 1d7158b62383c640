import { z } from "zod";
import { jsonDocument } from "../../../provider/json-document";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import type { Iam } from "../model/iam";
import { MAX_NAME_LENGTH } from "../model/limits";

export function rolePolicyType({ roles }: Iam): ResourceType {
  const parse = (id: string) => {
    const [role, name] = id.split(":") as [string, string];
    return { role, name };
  };
  return defineResource({
    token: "aws:iam/rolePolicy:RolePolicy",
    awsCalls: {
      create: "iam:PutRolePolicy",
      read: "iam:GetRolePolicy",
      update: "iam:PutRolePolicy",
      delete: "iam:DeleteRolePolicy",
    },
    inputs: z.object({
      role: z.string(),
      name: z.string().optional(),
      namePrefix: z.string().optional(),
      policy: jsonDocument,
    }),
    replaceOn: ["role", "name", "namePrefix"],
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH.policy },
    async create({ role, name, policy }) {
      roles.putPolicy(role, name!, policy);
      return { id: `${role}:${name}`, outputs: {} };
    },
    async read(id) {
      const { role, name } = parse(id);
      const policy = roles.find(role)?.inline.get(name);
      return policy ? { role, name, policy: policy.json } : null;
    },
    async update(id, { policy }) {
      const { role, name } = parse(id);
      roles.putPolicy(role, name, policy);
      return {};
    },
    async delete(id) {
      const { role, name } = parse(id);
      if (roles.find(role)?.inline.has(name)) roles.deletePolicy(role, name);
    },
  });
}
