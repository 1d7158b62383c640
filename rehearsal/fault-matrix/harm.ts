import type { ServiceLogs } from "../environment/service-logs";
import { totalsOf } from "../report/class-totals";
import { answeredAtMs, type TrafficSamples } from "../report/samples";
import { tally } from "../report/tally";
import type { ClassTotals } from "../report/types";

export type Harm = Pick<ClassTotals, "sent" | "failed" | "lost" | "doubled" | "errors">;

/**
 * What happened to production's requests in each of some spans of time that follow each other; a request counts where its answer came.
 * @param startsMs Unix milliseconds; each span ends where the next one begins, the last one never
 */
export function harmBySpan(
  { requests }: TrafficSamples,
  { usersCreated }: Pick<ServiceLogs, "usersCreated">,
  startsMs: readonly number[],
): Harm[] {
  const processed = [tally(usersCreated.map(({ id }) => id))];
  const spans = startsMs.map((): TrafficSamples["requests"] => []);
  for (const request of requests) {
    const span = startsMs.findLastIndex((startMs) => startMs <= answeredAtMs(request));
    spans[span]?.push(request);
  }
  return spans.map((span) => {
    const { sent, failed, lost, doubled, errors } = totalsOf(span, processed);
    return { sent, failed, lost, doubled, errors };
  });
}
