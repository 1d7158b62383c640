import * as aws from "@pulumi/aws";
import { providerReason } from "../core/provider-reason";
import { UserError } from "../core/user-error";

/** The provider's words for a group that is not there (aws-rules A35). */
const NOT_THERE = /couldn't find resource|empty result/;

/**
 * Whether an Auto Scaling group is to have no instances, as Auto Scaling says now (aws-rules A35).
 * @throws UserError if it cannot be looked up
 */
export async function hasEnded(autoScalingGroup: string): Promise<boolean> {
  try {
    return (await aws.autoscaling.getGroup({ name: autoScalingGroup })).desiredCapacity === 0;
  } catch (error) {
    const reason = providerReason(error);
    if (NOT_THERE.test(reason)) return true;
    throw new UserError(
      `the Auto Scaling group ${autoScalingGroup} cannot be looked up, wanted to know whether it still runs what was kept warm: ${reason}`,
    );
  }
}
