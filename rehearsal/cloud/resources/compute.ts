import type { Compute } from "../compute/compute";
import type { ResourceType } from "../provider/resource-type";
import { autoScalingGroupType } from "./compute/auto-scaling-group";
import { capacityProviderType } from "./compute/capacity-provider";
import { clusterType } from "./compute/cluster";
import { clusterCapacityProvidersType } from "./compute/cluster-capacity-providers";
import { launchTemplateType } from "./compute/launch-template";
import { scalingPolicyType } from "./compute/scaling-policy";
import { serviceType } from "./compute/service";
import { taskDefinitionType } from "./compute/task-definition";

/** What runs: launch templates, Auto Scaling groups and ECS. */
export function computeTypes({ context, launchTemplates, autoScaling, ecs }: Compute): ResourceType[] {
  return [
    launchTemplateType(launchTemplates),
    autoScalingGroupType({
      context,
      autoScaling,
      launchTemplateId: (name) => launchTemplates.named(name).id,
      explain: (instanceId) => ecs.explain(instanceId),
    }),
    scalingPolicyType(autoScaling),
    clusterType(context, ecs),
    capacityProviderType(ecs),
    clusterCapacityProvidersType(ecs),
    taskDefinitionType(ecs.taskDefinitions),
    serviceType(context, ecs),
  ];
}
