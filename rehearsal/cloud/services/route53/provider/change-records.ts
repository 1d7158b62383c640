import { AwsError } from "../../../kernel/aws-error";
import type { CloudClock } from "../../../kernel/clock";
import type { Change } from "../model/change-batch";
import type { HostedZones } from "../model/hosted-zones";

/** AWS seconds between the provider's attempts while Route 53 is busy, and until it gives up. */
const RETRY_SECONDS = 0.5;
const RETRY_LIMIT_SECONDS = 300;
/** AWS seconds that the provider waits for a change to be INSYNC (R5). */
const IN_SYNC_SECONDS = 30 * 60;
const RETRIED = ["PriorRequestNotComplete", "Throttling"];

/** Route 53 accepted the change, but some name server does not answer it yet. */
export class NotInSync extends Error {
  override readonly name = "NotInSync";
}

/**
 * Makes a change as the provider does: retries while the zone is busy, and resolves when the change is INSYNC (R5).
 * @throws AwsError, NotInSync
 */
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
      return await within(inSync, clock, signal);
    } catch (error) {
      const retried = error instanceof AwsError && RETRIED.includes(error.code);
      if (!retried || waitedSeconds >= RETRY_LIMIT_SECONDS) throw error;
    }
    await clock.sleep(RETRY_SECONDS, signal);
  }
}

async function within(inSync: Promise<void>, clock: CloudClock, signal: AbortSignal): Promise<void> {
  const waited = new AbortController();
  const limit = clock.sleep(IN_SYNC_SECONDS, AbortSignal.any([signal, waited.signal])).then(() => {
    throw new NotInSync("timeout while waiting for state to become 'INSYNC' (last state: 'PENDING', timeout: 30m0s)");
  });
  try {
    await Promise.race([inSync, limit]);
  } finally {
    waited.abort();
  }
}
