import { z } from "zod";
import { defineFunction, type ProviderFunction } from "../../../provider/resource-type";
import type { AutoScaling } from "../model/auto-scaling";

/** A group as Auto Scaling has it (A35). */
export function getGroup(autoScaling: AutoScaling): ProviderFunction {
  return defineFunction({
    token: "aws:autoscaling/getGroup:getGroup",
    awsCall: "autoscaling:DescribeAutoScalingGroups",
    args: z.strictObject({ name: z.string() }),
    async call({ name }) {
      const group = autoScaling.find(name);
      if (!group) throw new Error(`reading Auto Scaling Group (${name}): couldn't find resource`);
      const { minSize, maxSize, desiredCapacity, healthCheckType, subnetIds } = group.settings;
      return {
        ...{ id: name, name, arn: group.arn, minSize, maxSize, desiredCapacity, healthCheckType },
        vpcZoneIdentifier: subnetIds.join(","),
      };
    },
  });
}
