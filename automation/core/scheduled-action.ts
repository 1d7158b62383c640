import { type AutoScalingClient, DeleteScheduledActionCommand } from "@aws-sdk/client-auto-scaling";

/**
 * Deletes a scheduled action of an Auto Scaling group.
 * @returns false if there is none (any more)
 */
export async function deleteScheduledAction(
  client: AutoScalingClient,
  AutoScalingGroupName: string,
  ScheduledActionName: string,
): Promise<boolean> {
  try {
    await client.send(new DeleteScheduledActionCommand({ AutoScalingGroupName, ScheduledActionName }));
    return true;
  } catch (error) {
    if (!isGone(error as Error)) throw error;
    return false;
  }
}

/** True for the refusal to delete an action that has run: Auto Scaling has deleted it (aws-rules A32). */
function isGone({ name, message }: Error): boolean {
  return name === "ValidationError" && message.includes("not found");
}
