import { z } from "zod";
import { completed } from "../../../provider/completed";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { Iam } from "../model/iam";
import type { InstanceProfile } from "../model/instance-profiles";
import { MAX_NAME_LENGTH } from "../model/limits";

export function instanceProfileType(iam: Iam): ResourceType {
  const { instanceProfiles } = iam;
  const outputs = (profile: InstanceProfile) => ({
    arn: profile.arn,
    name: profile.name,
    path: profile.path,
    uniqueId: profile.uniqueId,
    createDate: profile.createDate,
    ...(profile.roleName === null ? {} : { role: profile.roleName }),
  });
  return defineResource({
    token: "aws:iam/instanceProfile:InstanceProfile",
    awsCalls: {
      create: "iam:CreateInstanceProfile",
      read: "iam:GetInstanceProfile",
      update: "iam:TagInstanceProfile",
      delete: "iam:DeleteInstanceProfile",
    },
    inputs: z.object({
      name: z.string().optional(),
      namePrefix: z.string().optional(),
      path: z.string().default("/"),
      role: z.string().optional(),
      tags,
    }),
    replaceOn: ["name", "namePrefix", "path"],
    autoName: { property: "name", maxLength: MAX_NAME_LENGTH.instanceProfile },
    computed: ["arn", "uniqueId", "createDate"],
    async create({ name, path, role }) {
      const profile = instanceProfiles.create(name!, path);
      return completed(
        profile.name,
        () => outputs(profile),
        () => {
          if (role !== undefined) iam.addRoleToProfile(profile.name, role);
        },
      );
    },
    async read(id) {
      const profile = instanceProfiles.find(id);
      return profile ? outputs(profile) : null;
    },
    async update(id, { role }) {
      const now = instanceProfiles.get(id).roleName;
      if (role !== (now ?? undefined)) {
        if (now !== null) instanceProfiles.removeRole(id);
        if (role !== undefined) iam.addRoleToProfile(id, role);
      }
      return outputs(instanceProfiles.get(id));
    },
    async delete(id) {
      instanceProfiles.removeRole(id);
      instanceProfiles.delete(id);
    },
  });
}
