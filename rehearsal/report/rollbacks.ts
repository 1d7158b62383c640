import type { DeployEvent } from "../../automation/ports/events";
import { isSlow } from "../traffic/types";
import { answeredAtMs, type TrafficSamples } from "./samples";
import type { RehearsalRecord, RehearsalReport, ReportedRollback } from "./types";

/**
 * Why each deploy that went back did so, and what its release did to production's requests. Times count from
 * `firstRequestMs`.
 */
export function rollbacksOf(
  { deploys, releases, streams }: Pick<RehearsalRecord, "deploys" | "releases" | "streams">,
  { requests }: TrafficSamples,
  firstRequestMs: number,
): ReportedRollback[] {
  const serviceOf = new Map(streams.map(({ name, service }) => [name, service]));
  return deploys.flatMap((events, index) => {
    const rollback = startOf(events);
    if (!rollback) return [];
    const deploy = index + 1;
    const bad = new Set(
      releases.filter((each) => each.deploy === deploy).map(({ service, release }) => `${service} ${release}`),
    );
    const nextMs = deploys[deploy]?.[0]?.atMs ?? Number.POSITIVE_INFINITY;
    let [answers, failed, lastMs] = [0, 0, Number.NEGATIVE_INFINITY];
    for (const request of requests) {
      const atMs = answeredAtMs(request);
      if (!bad.has(`${serviceOf.get(request.stream)} ${request.release}`)) continue;
      if (atMs < events[0]!.atMs || atMs >= nextMs) continue;
      answers += 1;
      if (request.error !== "") failed += 1;
      if (!isSlow(request.stream)) lastMs = Math.max(lastMs, atMs);
    }
    const reached = Number.isFinite(lastMs);
    return [
      {
        ...{ deploy, step: rollback.step, reason: rollback.reason, answers, failed },
        atMs: Math.round(rollback.atMs - firstRequestMs),
        lastBadAtMs: reached ? Math.round(lastMs - firstRequestMs) : null,
        goneAfterMs: reached ? Math.max(0, Math.round(lastMs - rollback.atMs)) : null,
      },
    ];
  });
}

function startOf(events: readonly DeployEvent[]): Pick<ReportedRollback, "step" | "reason" | "atMs"> | null {
  const started = events.find((event) => event.type === "rollbackStarted");
  if (!started) return null;
  const failed = events.findLast((event) => event.type === "stepEnded" && !event.ok && event.atMs <= started.atMs);
  return { step: failed?.type === "stepEnded" ? failed.step : null, reason: started.reason, atMs: started.atMs };
}

/** The last deploy that went back after production had reached its release; null if there is none. */
export function rollbackInProduction({
  turns,
}: Pick<RehearsalReport, "turns">): (ReportedRollback & { goneAfterMs: number }) | null {
  const rollback = turns.findLast(({ goneAfterMs }) => goneAfterMs !== null);
  return rollback ? { ...rollback, goneAfterMs: rollback.goneAfterMs! } : null;
}
