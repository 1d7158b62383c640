import type { RequestSample } from "../traffic/types";
import { quantileOf, sortedNumbers } from "./quantile";
import { tally } from "./tally";
import type { ClassTotals } from "./types";

/**
 * The totals of one class of clients. Lost and doubled POSTs are counted by what services processed, whatever the
 * client was told: a POST that failed for the client and was processed all the same is failed, but not lost.
 * @param processed for each service that takes part in a POST, how often it processed each id: each of them must have
 * it once
 * @param atRateSinceMs Unix milliseconds from which on requests count for the latency; all if none is later
 */
export function totalsOf(
  requests: readonly RequestSample[],
  processed: readonly ReadonlyMap<string, number>[],
  atRateSinceMs = 0,
): ClassTotals {
  const errors = tally(requests.flatMap(({ error }) => (error === "" ? [] : [error])));
  const failed = requests.filter(({ error }) => error !== "").length;
  const later = requests.filter(({ atMs }) => atMs >= atRateSinceMs);
  const posts = requests.filter(({ method }) => method === "POST");
  const anyTimes = (postId: string, is: (times: number) => boolean) =>
    processed.some((counts) => is(counts.get(postId) ?? 0));
  return {
    sent: requests.length,
    ok: requests.length - failed,
    failed,
    lost: posts.filter(({ postId }) => anyTimes(postId, (times) => times === 0)).length,
    doubled: posts.filter(({ postId }) => anyTimes(postId, (times) => times > 1)).length,
    errors: Object.fromEntries(errors),
    latencyMs: latencyOf(later.length > 0 ? later : requests),
  };
}

/** The latency of all requests, failed ones too: a timeout is latency for the client. */
function latencyOf(requests: readonly RequestSample[]): ClassTotals["latencyMs"] {
  const sorted = sortedNumbers(requests.map(({ latencyMs }) => latencyMs));
  return { p50: quantileOf(sorted, 0.5), p99: quantileOf(sorted, 0.99), max: quantileOf(sorted, 1) };
}
