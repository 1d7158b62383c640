import { z } from "zod";
import { jsonDocument } from "../../../provider/json-document";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import type { Ecr } from "../model/ecr";

/**
 * A lifecycle policy, which is stored but not applied: ECR applies it within 24 hours, longer than a rehearsal
 * (aws-rules K3).
 */
export function lifecyclePolicyType(ecr: Ecr): ResourceType {
  return defineResource({
    token: "aws:ecr/lifecyclePolicy:LifecyclePolicy",
    awsCalls: {
      create: "ecr:PutLifecyclePolicy",
      read: "ecr:GetLifecyclePolicy",
      update: "ecr:PutLifecyclePolicy",
      delete: "ecr:DeleteLifecyclePolicy",
    },
    inputs: z.object({ repository: z.string(), policy: jsonDocument }),
    replaceOn: ["repository"],
    computed: ["registryId"],
    async create({ repository, policy }) {
      ecr.putLifecyclePolicy(repository, policy);
      return { id: repository, outputs: { registryId: ecr.context.accountId } };
    },
    async read(id) {
      const policy = ecr.findRepository(id)?.lifecyclePolicy;
      return policy ? { repository: id, policy, registryId: ecr.context.accountId } : null;
    },
    async update(id, { policy }) {
      ecr.putLifecyclePolicy(id, policy);
      return {};
    },
    async delete(id) {
      const repository = ecr.findRepository(id);
      if (repository) repository.lifecyclePolicy = null;
    },
  });
}
