import { AutoScalingClient, DeleteScheduledActionCommand } from "@aws-sdk/client-auto-scaling";
import { SCHEDULED_END } from "../../components/live/keep-warm";
import { CALL_LIMITS } from "../core/aws-limits";
import type { ScheduledEnds } from "../ports/scheduled-ends";

/**
 * Deletes scheduled actions through AWS's own interface. In a rehearsal `AWS_ENDPOINT_URL` leads it to the rehearsal cloud.
 */
export class AwsScheduledEnds implements ScheduledEnds {
  readonly #autoScaling: AutoScalingClient;

  constructor(region: string) {
    this.#autoScaling = new AutoScalingClient({ region, ...CALL_LIMITS });
  }

  async cancel(AutoScalingGroupName: string): Promise<void> {
    try {
      await this.#autoScaling.send(
        new DeleteScheduledActionCommand({ AutoScalingGroupName, ScheduledActionName: SCHEDULED_END }),
      );
    } catch (error) {
      if (!isGone(error as Error)) throw error;
    }
  }
}

/** True for the refusal to delete an action that has run: Auto Scaling has deleted it (aws-rules A32). */
function isGone({ name, message }: Error): boolean {
  return name === "ValidationError" && message.includes("not found");
}
