import type { TrafficPeriod } from "../../ports/observer";
import { PROBE_ANSWER_SECONDS, type ProbeAnswer } from "../../ports/probe-client";

/** One request of a probe, with its end. */
export interface ProbeResult {
  path: string;
  /** Unix milliseconds. */
  sentMs: number;
  answer: ProbeAnswer;
}

/**
 * Returns the problems of a release, one line each: of each path that failed twice in a row. What did not reach the service is
 * no evidence, because whoever deploys may have lost the network: it is no failure, and nothing is in a row across it.
 * @param results oldest first
 */
export function probeProblems(results: readonly ProbeResult[]): string[] {
  return [...byPath(results)].flatMap(([path, answers]) => {
    for (const [index, answer] of answers.entries()) {
      const [before, now] = [failureOf(answers[index - 1]), failureOf(answer)];
      if (before === null || now === null) continue;
      return [`GET ${path} ${before === now ? `${now} twice` : `${before}, then ${now}`}`];
    }
    return [];
  });
}

/** Whether another answer is needed before those so far count: a path has none yet, or its last one is a failure. */
export function isUncertain(paths: readonly string[], results: readonly ProbeResult[]): boolean {
  const answers = byPath(results);
  return paths.some((path) => {
    const last = answers.get(path)?.at(-1);
    return last === undefined || failureOf(last) !== null;
  });
}

/** What one or more services' probes were answered, for people; empty before the first answer. */
export function probeSummary(probes: number, results: readonly ProbeResult[]): string {
  if (results.length === 0) return "";
  const answers = results.map(({ answer }) => answer);
  const unreached = answers.flatMap((answer) => (answer.kind === "unreached" ? [answer.reason] : []));
  const answered = answers.filter(({ kind }) => kind === "answered").length;
  const failed = answers.filter((answer) => failureOf(answer) !== null).length;
  const who = `${probes} ${probes === 1 ? "probe" : "probes"}`;
  const why = `(${unreached.at(-1)})`;
  if (unreached.length === results.length) return `${who} got no answer ${why}`;
  return [
    `${who} answered ${times(answered)}`,
    ...(failed > 0 ? [`failed ${times(failed)}`] : []),
    ...(unreached.length > 0 ? [`did not get through ${times(unreached.length)} ${why}`] : []),
  ].join(", ");
}

/**
 * Returns the periods without the probes, as if nobody but clients had sent requests. Load balancers count probes, too: a
 * service with few clients would be judged by them. A probe counts in the period in which it was sent. Its time is that
 * from here, longer than the load balancer's by the way there and back: what is left is the clients' average, or less.
 */
export function withoutProbes(
  periods: readonly TrafficPeriod[],
  results: readonly ProbeResult[],
  periodSeconds: number,
): readonly TrafficPeriod[] {
  return periods.map((period) => {
    const own = results.filter(
      ({ sentMs, answer }) =>
        answer.kind !== "unreached" && sentMs >= period.startMs && sentMs < period.startMs + periodSeconds * 1000,
    );
    return own.length === 0 ? period : without(period, own);
  });
}

function without(period: TrafficPeriod, probes: readonly ProbeResult[]): TrafficPeriod {
  const answered = probes.flatMap(({ answer }) => (answer.kind === "answered" ? [answer] : []));
  const requests = Math.max(0, period.requests - probes.length);
  const ofClients = Math.max(0, period.errors - answered.filter(({ status }) => isError(status)).length);
  const errors = Math.min(requests, ofClients);
  // A 5xx may be the load balancer's own, which is no end of the request at a target.
  const ended = Math.max(0, period.ended - answered.filter(({ status }) => !isError(status)).length);
  const counts = { ...period, requests, errors, ended };
  if (period.responseSeconds === null || requests === 0) return { ...counts, responseSeconds: null };
  const seconds = period.responseSeconds * period.requests - answered.reduce((sum, one) => sum + one.seconds, 0);
  return { ...counts, responseSeconds: Math.max(0, seconds) / requests };
}

/** How an answer fails, for people; null for one that does not, and for what says nothing of the service. */
function failureOf(answer: ProbeAnswer | undefined): string | null {
  if (answer?.kind === "late") return `gave no answer within ${PROBE_ANSWER_SECONDS} s`;
  return answer?.kind === "answered" && isError(answer.status) ? `answered ${answer.status}` : null;
}

function isError(status: number): boolean {
  return status >= 500;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function byPath(results: readonly ProbeResult[]): Map<string, ProbeAnswer[]> {
  const answers = new Map<string, ProbeAnswer[]>();
  for (const { path, answer } of results) {
    const ofPath = answers.get(path);
    if (ofPath) ofPath.push(answer);
    else answers.set(path, [answer]);
  }
  return answers;
}
