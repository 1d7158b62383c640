import { other } from "../../components/core/colour-name";
import { countOf } from "../../components/core/count-of";
import { concurrently } from "../core/concurrently";
import { transientProblem } from "../core/retry-transient";
import { baselineWindow, hasNoTraffic, newestRequests, readableWindow } from "../observe/analysis/periods";
import type { MetricWindow, TrafficPeriod } from "../ports/observer";
import type { RunState, StepContext } from "./context";

/**
 * Returns a check that gives, by service, one line for each whose old colour still gets requests, or has no metrics that can be read
 * yet; for all while AWS does not answer. It reads the periods before the cutover once.
 */
export function busyCheck(
  { observer, clock, settings }: StepContext,
  { live, outputs }: RunState,
  services: readonly string[],
  sinceMs: number,
): () => Promise<Map<string, string>> {
  const { metricPeriodSeconds } = settings.deploy;
  const earlier = new Map<string, readonly TrafficPeriod[]>();
  const busyLine = async (name: string, window: MetricWindow): Promise<string | null> => {
    const { active } = live.services[name]!;
    const old = other(active);
    const { colours } = outputs.services[name]!;
    const [oldPeriods, newPeriods, before] = await Promise.all([
      observer.traffic(colours[old].targetGroups, window),
      observer.traffic(colours[active].targetGroups, window),
      earlier.get(name) ?? observer.traffic(colours[old].targetGroups, baselineWindow(sinceMs, metricPeriodSeconds)),
    ]);
    earlier.set(name, before);
    const hadRequests = before.some(({ requests }) => requests > 0);
    const both = { old: oldPeriods, other: newPeriods };
    if (hasNoTraffic(both, hadRequests)) return null;
    if (oldPeriods.length === 0) return `no whole period of ${name} ${old} can be read yet`;
    const requests = newestRequests(both);
    return requests === null
      ? `no metrics of ${name} since the cutover yet`
      : `${name} ${old} still got ${countOf(requests, "request")} in the newest period`;
  };
  const look = async () => {
    const window = readableWindow(sinceMs, clock.now(), metricPeriodSeconds);
    const lines = await concurrently(services, async (name) => [name, await busyLine(name, window)] as const);
    return new Map(lines.flatMap(([name, line]) => (line === null ? [] : [[name, line]])));
  };
  return () =>
    look().catch((error: unknown) => {
      const problem = transientProblem(error);
      if (problem === null) throw error;
      return new Map(services.map((name) => [name, problem]));
    });
}

/** Says each line once: where AWS does not answer, all services have the same. */
export function linesOf(busy: ReadonlyMap<string, string>): string {
  return [...new Set(busy.values())].join(", ");
}

/** What a drain saw at its end: no traffic any more, or what goes on at the cap. */
export function drainedText(
  { drainSeconds, capSeconds, hasLooked }: { drainSeconds: number; capSeconds: number; hasLooked: boolean },
  busy: ReadonlyMap<string, string>,
  isKept: boolean,
): string {
  if (busy.size === 0) {
    const seen = hasLooked ? ", and the old colour has no traffic" : "";
    return `${drainSeconds} s after the records were in sync${seen}`;
  }
  return `${linesOf(busy)} at the cap of ${capSeconds} s: ${isKept ? "the old colour keeps running; the next deploy of the service stops it" : "it is stopped all the same"}`;
}
