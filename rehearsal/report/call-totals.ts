import type { ServiceLogs } from "../environment/service-logs";
import { tally } from "./tally";
import type { CallTotals, ClassTotals } from "./types";

/** `internal` are the totals of the clients whose every request makes one call; `firstRequestMs` is in Unix milliseconds. */
export function callTotals(
  { callsFailed, sendsFailed }: ServiceLogs,
  internal: ClassTotals,
  firstRequestMs: number,
): CallTotals {
  const underTraffic = ({ atMs }: { atMs: number | null }) => atMs === null || atMs >= firstRequestMs;
  const failed = callsFailed.filter(underTraffic);
  return {
    // Where the job could not be sent, the call before it went through.
    made: internal.ok + failed.length + sendsFailed.filter(underTraffic).length,
    failed: failed.length,
    errors: Object.fromEntries(tally(failed.map(({ reason }) => reason))),
  };
}
