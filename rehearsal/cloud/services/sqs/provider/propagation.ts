import type { CloudClock } from "../../../kernel/clock";

/** The provider looks until it has seen the attributes six times, 5 s apart: AWS may answer with old ones for a while. AWS seconds. */
const ATTRIBUTES_SECONDS = 25;
/** The provider looks until a deleted queue was not there fifteen times, 3 s apart. AWS seconds. */
const DELETED_SECONDS = 42;

/** What the real provider waits for after it has changed a queue (terraform-provider-aws, internal/service/sqs/queue.go). */
export function attributesPropagated(clock: CloudClock, signal: AbortSignal): Promise<void> {
  return clock.sleep(ATTRIBUTES_SECONDS, signal);
}

export function deletionPropagated(clock: CloudClock, signal: AbortSignal): Promise<void> {
  return clock.sleep(DELETED_SECONDS, signal);
}
