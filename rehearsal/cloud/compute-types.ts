import type { Compute } from "./compute";
import type { ResourceType } from "./provider/resource-type";
import { autoScalingGroupType } from "./services/autoscaling/provider/auto-scaling-group";
import { scalingPolicyType } from "./services/autoscaling/provider/scaling-policy";
import { launchTemplateType } from "./services/ec2/provider/launch-template";
import { capacityProviderType } from "./services/ecs/provider/capacity-provider";
import { clusterType } from "./services/ecs/provider/cluster";
import { clusterCapacityProvidersType } from "./services/ecs/provider/cluster-capacity-providers";
import { serviceType } from "./services/ecs/provider/service";
import { taskDefinitionType } from "./services/ecs/provider/task-definition";

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
