import type { ServiceLogs } from "../environment/service-logs";
import { totalsOf } from "../report/class-totals";
import { answeredAtMs, type TrafficSamples } from "../report/samples";
import { tally } from "../report/tally";
import type { ClassTotals } from "../report/types";
import type { FaultCase, RunEnd } from "./cases";

/** What happened in a deploy with a fault. */
export interface InjectedRun {
  /** Null when the step did not begin. */
  faultId: string | null;
  /** That of the second fault of a pair; null when its step did not begin, or the cloud refused it. Absent without a second one. */
  secondId?: string | null;
  /** Why the cloud refused the second fault although its step had begun. */
  refused?: string;
  /** Null for a run that broke off. */
  end: RunEnd | null;
  /** Why it did not end as done, in the deploy's own words. */
  reason: string;
  /** The command that went on with a run that was left, and its outcome; else "". */
  next: string;
  /** What differs from the end of an undisturbed run, one line each. */
  problems: string[];
  seconds: number;
}

/** What happened to production's requests meanwhile. */
export type Impact = Pick<ClassTotals, "sent" | "failed" | "lost" | "doubled" | "errors">;

export interface CaseResult
  extends InjectedRun,
    Impact,
    Pick<FaultCase, "kind" | "variant" | "step" | "failsRequests"> {
  expected: readonly RunEnd[];
  /** How often the fault took effect; of a pair, both together. */
  injections: number;
  /**
   * Where the deploy script or the rehearsal did not do what is expected, one line each; empty when all is as
   * expected.
   */
  wrong: string[];
}

/** Compares a run with what is expected of its case. */
export function resultOf(faultCase: FaultCase, run: InjectedRun, impact: Impact, injections: number): CaseResult {
  const { kind, variant, step, ends, failsRequests, and } = faultCase;
  const { failed, lost, doubled } = impact;
  const wrong = [
    ...(run.faultId === null ? [`${step} did not begin`] : []),
    // One of two faults may end the run before the other one takes effect, but not before it takes effect itself.
    ...(run.faultId !== null && injections === 0
      ? [and ? "neither of the two faults took effect" : "the fault took no effect"]
      : []),
    ...(and && run.refused !== undefined
      ? [`the second fault, ${and.kind} at ${and.step}, was not injected: ${run.refused}`]
      : []),
    ...(run.end !== null && ends.includes(run.end)
      ? []
      : [`ended as ${run.end ?? "broken off"}, expected ${ends.join(" or ")}`]),
    ...run.problems,
    ...(!failsRequests && failed + lost + doubled > 0
      ? [`of production's requests ${failed} failed, ${lost} were lost, ${doubled} were doubled`]
      : []),
    // A fault that reaches production fails requests. It has none processed twice: nobody sends one again.
    ...(failsRequests && doubled > 0 ? [`of production's requests ${doubled} were doubled`] : []),
  ];
  return { kind, variant, step, failsRequests, expected: ends, injections, ...run, ...impact, wrong };
}

/**
 * The impact on production's requests in each of several consecutive spans of time; a request counts in the span in
 * which its answer came.
 * @param startsMs Unix milliseconds; each span ends where the next one begins, the last one never
 */
export function impactBySpan(
  { requests }: TrafficSamples,
  { usersCreated }: Pick<ServiceLogs, "usersCreated">,
  startsMs: readonly number[],
): Impact[] {
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
