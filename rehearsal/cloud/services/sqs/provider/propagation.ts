import type { CloudClock } from "../../../kernel/clock";

/**
 * AWS seconds until the provider has read the new attributes six times, 5 s apart: SQS may answer with old ones for a
 * while.
 */
const ATTRIBUTES_SECONDS = 25;
/** AWS seconds until the provider has found a deleted queue missing fifteen times, 3 s apart. */
const DELETED_SECONDS = 42;

/**
 * Waits as the real provider does after a change of a queue (terraform-provider-aws, internal/service/sqs/queue.go).
 */
export function waitForAttributes(clock: CloudClock, signal: AbortSignal): Promise<void> {
  return clock.sleep(ATTRIBUTES_SECONDS, signal);
}

/** Waits as the real provider does after the deletion of a queue. */
export function waitForDeletion(clock: CloudClock, signal: AbortSignal): Promise<void> {
  return clock.sleep(DELETED_SECONDS, signal);
}
