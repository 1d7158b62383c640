import type { RequestSample } from "../traffic/types";
import { quantileOf, sortedNumbers } from "./quantile";
import type { ClassTotals } from "./types";

/**
 * The totals of one class of clients. Lost and doubled are judged by what services processed, whatever the client was told: a
 * POST that failed for the client and was processed all the same is failed, but not lost.
 */
export function totalsOf(requests: readonly RequestSample[], processed: ReadonlyMap<string, number>): ClassTotals {
  const errors: Record<string, number> = {};
  for (const { error } of requests) {
    if (error !== "") errors[error] = (errors[error] ?? 0) + 1;
  }
  const failed = requests.filter(({ error }) => error !== "").length;
  const timesProcessed = requests.flatMap(({ method, postId }) =>
    method === "POST" ? [processed.get(postId) ?? 0] : [],
  );
  return {
    sent: requests.length,
    ok: requests.length - failed,
    failed,
    lost: timesProcessed.filter((times) => times === 0).length,
    doubled: timesProcessed.filter((times) => times > 1).length,
    errors,
    latencyMs: latencyOf(requests),
  };
}

/** Of all requests, failed ones too: a timeout is latency that a client has seen. */
function latencyOf(requests: readonly RequestSample[]): ClassTotals["latencyMs"] {
  const sorted = sortedNumbers(requests.map(({ latencyMs }) => latencyMs));
  return { p50: quantileOf(sorted, 0.5), p99: quantileOf(sorted, 0.99), max: quantileOf(sorted, 1) };
}
