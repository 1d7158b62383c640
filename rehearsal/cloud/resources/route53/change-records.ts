import type { Change } from "../../aws/route53/change-batch";
import type { HostedZones } from "../../aws/route53/hosted-zones";
import { AwsError } from "../../aws-error";
import type { CloudClock } from "../../clock";

/** How often the provider's client tries again when Route 53 is busy, in AWS seconds, and for how long. */
const RETRY_SECONDS = 0.5;
const RETRY_LIMIT_SECONDS = 300;
const RETRIED = ["PriorRequestNotComplete", "Throttling"];

/** Makes a change as the provider does: patient with a busy zone, and back when the change is INSYNC (R5). */
export async function changeRecords(
  service: HostedZones,
  clock: CloudClock,
  zoneId: string,
  batch: readonly Change[],
  signal: AbortSignal,
): Promise<void> {
  for (let waitedSeconds = 0; ; waitedSeconds += RETRY_SECONDS) {
    try {
      const { inSync } = service.change(zoneId, batch);
      await inSync;
      return;
    } catch (error) {
      const retried = error instanceof AwsError && RETRIED.includes(error.code);
      if (!retried || waitedSeconds >= RETRY_LIMIT_SECONDS) throw error;
    }
    await clock.sleep(RETRY_SECONDS, signal);
  }
}
