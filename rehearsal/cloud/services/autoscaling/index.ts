import { queryProtocol } from "../../protocols/query";
import type { CloudService } from "../cloud-service";
import { autoScalingOperations } from "./api/auto-scaling";
import { AutoScaling, type AutoScalingPorts } from "./model/auto-scaling";
import { type AutoScalingGroupPorts, autoScalingGroupType } from "./provider/auto-scaling-group";
import { getGroup } from "./provider/get-group";
import { scalingPolicyType } from "./provider/scaling-policy";
import { scheduledActionType } from "./provider/scheduled-action";

export function createAutoScaling(
  ports: AutoScalingPorts & Omit<AutoScalingGroupPorts, "autoScaling">,
): CloudService<AutoScaling> {
  const autoScaling = new AutoScaling(ports);
  return {
    model: autoScaling,
    types: [
      autoScalingGroupType({ ...ports, autoScaling }),
      scalingPolicyType(autoScaling),
      scheduledActionType(autoScaling, ports.context.clock),
    ],
    functions: [getGroup(autoScaling)],
    apis: {
      autoscaling: { protocol: queryProtocol, operations: autoScalingOperations(autoScaling, ports.context.clock) },
    },
    close: () => autoScaling.close(),
  };
}
