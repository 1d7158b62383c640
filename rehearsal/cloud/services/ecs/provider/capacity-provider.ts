import { z } from "zod";
import { defineResource, type ResourceType } from "../../../provider/resource-type";
import { tags } from "../../../provider/tags";
import type { CapacityProvider } from "../model/capacity-provider";
import type { Ecs } from "../model/ecs";

const Switch = z.enum(["ENABLED", "DISABLED"]);

const Provider = z.strictObject({
  autoScalingGroupArn: z.string(),
  /** Enabled by default. */
  managedDraining: Switch.optional(),
  managedScaling: z
    .strictObject({
      status: z
        .literal("DISABLED", { error: "the rehearsal cloud supports only capacity providers without managed scaling" })
        .optional(),
      targetCapacity: z.int().min(1).max(100).optional(),
      minimumScalingStepSize: z.int().min(1).max(10_000).optional(),
      maximumScalingStepSize: z.int().min(1).max(10_000).optional(),
      instanceWarmupPeriod: z.int().min(0).max(10_000).optional(),
    })
    .optional(),
  managedTerminationProtection: Switch.optional(),
});

const inputs = z.object({ name: z.string().optional(), autoScalingGroupProvider: Provider, tags });

export function capacityProviderType({ capacityProviders }: Ecs): ResourceType {
  return defineResource({
    token: "aws:ecs/capacityProvider:CapacityProvider",
    awsCalls: {
      create: "ecs:CreateCapacityProvider",
      read: "ecs:DescribeCapacityProviders",
      update: "ecs:UpdateCapacityProvider",
      delete: "ecs:DeleteCapacityProvider",
    },
    inputs,
    replaceOn: ["name"],
    autoName: { property: "name", maxLength: 255 },
    computed: ["arn"],
    async create({ name, autoScalingGroupProvider: given }) {
      const provider = capacityProviders.create(name!, given.autoScalingGroupArn, settingsOf(given));
      return { id: provider.arn, outputs: { arn: provider.arn } };
    },
    async read(id) {
      const provider = capacityProviders.find(id);
      return provider ? { arn: provider.arn, name: provider.name } : null;
    },
    async update(id, { autoScalingGroupProvider: given }) {
      checkGroup(capacityProviders.get(id), given);
      capacityProviders.update(id, settingsOf(given));
      return {};
    },
    async delete(id) {
      if (capacityProviders.find(id)) capacityProviders.delete(id);
    },
  });
}

/** @throws Error if the group changes; the real provider would replace the resource */
function checkGroup({ name, group }: CapacityProvider, { autoScalingGroupArn }: z.output<typeof Provider>): void {
  if (group.arn === autoScalingGroupArn) return;
  throw new Error(
    `capacity provider ${name} cannot change its Auto Scaling group in place (from ${group.arn} to ${autoScalingGroupArn}): the rehearsal cloud does not replace it, so give it another name`,
  );
}

function settingsOf({ managedDraining, managedTerminationProtection }: z.output<typeof Provider>) {
  return {
    managedDraining: managedDraining !== "DISABLED",
    managedTerminationProtection: managedTerminationProtection === "ENABLED",
  };
}
