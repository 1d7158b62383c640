import { AutoScalingClient } from "@aws-sdk/client-auto-scaling";
import { SCHEDULED_END } from "../../components/live/keep-warm";
import { CALL_LIMITS } from "../core/aws-limits";
import { deleteScheduledAction } from "../core/scheduled-action";
import type { ScheduledEnds } from "../ports/scheduled-ends";

/**
 * Deletes scheduled actions through AWS's own interface. In a rehearsal `AWS_ENDPOINT_URL` leads it to the rehearsal cloud.
 */
export class AwsScheduledEnds implements ScheduledEnds {
  readonly #autoScaling: AutoScalingClient;

  constructor(region: string) {
    this.#autoScaling = new AutoScalingClient({ region, ...CALL_LIMITS });
  }

  async cancel(autoScalingGroup: string): Promise<void> {
    await deleteScheduledAction(this.#autoScaling, autoScalingGroup, SCHEDULED_END);
  }
}
