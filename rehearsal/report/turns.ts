import type { DeployEvent } from "../../automation/ports/events";
import { answeredAtMs, type TrafficSamples } from "./samples";
import type { RehearsalRecord, TurnBack } from "./types";

/** For each deploy that went back: why, and what its release did to production's requests. Times from `firstRequestMs`. */
export function turnsOf(
  { deploys, releases, streams }: Pick<RehearsalRecord, "deploys" | "releases" | "streams">,
  { requests }: TrafficSamples,
  firstRequestMs: number,
): TurnBack[] {
  const serviceOf = new Map(streams.map(({ name, service }) => [name, service]));
  return deploys.flatMap((events, index) => {
    const turned = turnOf(events);
    if (!turned) return [];
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
      lastMs = Math.max(lastMs, atMs);
    }
    const reached = answers > 0;
    return [
      {
        ...{ deploy, step: turned.step, reason: turned.reason, answers, failed },
        atMs: Math.round(turned.atMs - firstRequestMs),
        lastBadAtMs: reached ? Math.round(lastMs - firstRequestMs) : null,
        goneAfterMs: reached ? Math.max(0, Math.round(lastMs - turned.atMs)) : null,
      },
    ];
  });
}

function turnOf(events: readonly DeployEvent[]): Pick<TurnBack, "step" | "reason" | "atMs"> | null {
  const turned = events.find((event) => event.type === "rollbackStarted");
  if (!turned) return null;
  const failed = events.findLast((event) => event.type === "stepEnded" && !event.ok && event.atMs <= turned.atMs);
  return { step: failed?.type === "stepEnded" ? failed.step : null, reason: turned.reason, atMs: turned.atMs };
}
