import { drainsTasks } from "../settings/drains-tasks";
import type { ServiceSettings } from "../settings/settings";

/** Name of the scheduled action that ends a colour that is kept warm: each group has one at most. */
export const SCHEDULED_END = "end-keep-warm";
/**
 * The action comes so much later than the colour is kept warm. The clocks of whoever runs this program and of AWS differ,
 * and AWS must not be the first to end it: a program that still takes the colour for warm would create it anew. A rollback
 * that begins in time also needs some seconds before it takes the action away.
 */
export const SCHEDULED_END_MARGIN_MS = 20_000;
/** The action comes up to two minutes after its time (aws-rules A32); one more is for the difference of two clocks. */
const LATEST_MS = 180_000;

/** When the action that ends a colour has come, if it ever comes. Both in Unix milliseconds. */
export function latestEndMs(untilMs: number): number {
  return untilMs + SCHEDULED_END_MARGIN_MS + LATEST_MS;
}

/**
 * True for a service whose old colour can be kept warm: an api, whose old colour has no traffic after the drain. That of a
 * worker would go on to take messages. Where the tasks end with their streams, a deploy tells them to.
 */
export function canKeepWarm({
  kind,
  streams = null,
}: Pick<ServiceSettings, "kind"> & Partial<Pick<ServiceSettings, "streams">>): boolean {
  return kind === "api" && !drainsTasks({ streams });
}
