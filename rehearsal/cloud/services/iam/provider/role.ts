import { z } from "zod";
import { jsonDocument } from "../../../provider/json-document";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { Iam } from "../model/iam";
import { MAX_NAME_LENGTH } from "../model/limits";
import type { Role } from "../model/roles";

export function roleType(iam: Iam): ResourceType {
  const { roles, instanceProfiles } = iam;
  const outputs = (role: Role) => ({
    arn: role.arn,
    name: role.name,
    path: role.path,
    description: role.description ?? "",
    assumeRolePolicy: role.assumeRolePolicy,
    maxSessionDuration: role.maxSessionDuration,
    uniqueId: role.uniqueId,
    createDate: role.createDate,
    managedPolicyArns: [...role.attached],
  });
  return defineResource({
    token: "aws:iam/role:Role",
    awsCalls: { create: "iam:CreateRole", read: "iam:GetRole", update: "iam:UpdateRole", delete: "iam:DeleteRole" },
    inputs: z.object({
      name: z.string().optional(),
      namePrefix: z.string().optional(),
      path: z.string().default("/"),
      description: z.string().optional(),
      assumeRolePolicy: jsonDocument,
      maxSessionDuration: z.int().default(3600),
      forceDetachPolicies: z.boolean().default(false),
      tags,
    }),
    replaceOn: ["name", "namePrefix", "path"],
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH.role },
    computed: ["arn", "uniqueId", "createDate", "managedPolicyArns"],
    async create({ name, path, description, assumeRolePolicy, maxSessionDuration }) {
      const role = roles.create({ name: name!, path, description, assumeRolePolicy, maxSessionDuration });
      return { id: role.name, outputs: outputs(role) };
    },
    async read(id) {
      const role = roles.find(id);
      return role ? outputs(role) : null;
    },
    async update(id, { assumeRolePolicy, description, maxSessionDuration }) {
      return outputs(roles.update(id, { assumeRolePolicy, description, maxSessionDuration }));
    },
    async delete(id, { forceDetachPolicies }) {
      // The provider removes the role from profiles first, so only policies that others attached cause a refusal
      // (aws-rules I6).
      for (const profile of instanceProfiles.withRole(id)) instanceProfiles.removeRole(profile.name);
      if (forceDetachPolicies) {
        const { attached, inline } = roles.get(id);
        for (const policyArn of attached) roles.detach(id, policyArn);
        for (const policyName of inline.keys()) roles.deletePolicy(id, policyName);
      }
      iam.deleteRole(id);
    },
  });
}
