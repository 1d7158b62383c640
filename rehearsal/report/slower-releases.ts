import { isSlow, type StreamName } from "../traffic/types";
import { activeTimes, deploysOf, routesElsewhere } from "./active-times";
import { quantileOf, sortedNumbers } from "./quantile";
import type { TrafficSamples } from "./samples";
import type { RehearsalRecord, SlowerRelease } from "./types";

/** The median has to be so many times that of the release before, and so much longer: less may be the machine. */
const MIN_TIMES = 2;
const MIN_LONGER_MS = 20;
/** Answers of one class that a median is taken of; fewer say nothing. */
const MIN_ANSWERS = 50;

type Recorded = Pick<RehearsalRecord, "streams" | "deploys" | "releases" | "settings" | "atRateSinceMs">;
type Period = [fromMs: number, toMs: number];

/**
 * Returns the releases that answer a class of clients much more slowly than the ones before them, in the order of deploys.
 * A deploy's own analysis stops those alone whose average response time exceeds its limits, which is at least 50 ms more.
 * This compares medians: of the time in which production was the new release alone with the time before the deploy's first change
 * of rules. A release that was taken back is not compared, nor a class that sends requests which are slow on purpose.
 */
export function slowerReleases(record: Recorded, { requests }: TrafficSamples): SlowerRelease[] {
  const slower = record.settings.services.flatMap((service) => {
    const streams = record.streams.filter((stream) => stream.service === service && !isSlow(stream.name));
    return periodsOf(record, service).flatMap(({ deploy, before, after }) =>
      streams.flatMap(({ name }): SlowerRelease[] => {
        const [beforeMs, afterMs] = [medianOf(requests, name, before), medianOf(requests, name, after)];
        if (beforeMs === null || afterMs === null) return [];
        const isSlower = afterMs >= beforeMs * MIN_TIMES && afterMs >= beforeMs + MIN_LONGER_MS;
        return isSlower ? [{ deploy, service, clients: name, beforeMs, afterMs }] : [];
      }),
    );
  });
  return slower.sort((one, another) => one.deploy - another.deploy);
}

/** When production was one release before a deploy, and when the new one after it. */
function periodsOf(record: Recorded, service: string): { deploy: number; before: Period; after: Period }[] {
  const times = activeTimes(record, service);
  return deploysOf(record, service).flatMap(({ events, deploy, fresh }) => {
    const after = times.find((time) => time.deploy === deploy && time.colour === fresh);
    const changedMs = events.find(routesElsewhere)?.atMs;
    if (!after || changedMs === undefined) return [];
    const fromMs = times.findLast((time) => time.deploy < deploy)?.fromMs ?? record.atRateSinceMs;
    return [{ deploy, before: [fromMs, changedMs], after: [after.fromMs, after.toMs] }];
  });
}

/** The median latency of a class's answers without an error to requests of a time; null if these are too few. */
function medianOf(requests: TrafficSamples["requests"], stream: StreamName, [fromMs, toMs]: Period): number | null {
  const own = requests.filter((each) => {
    return each.stream === stream && each.error === "" && each.atMs >= fromMs && each.atMs < toMs;
  });
  return own.length < MIN_ANSWERS ? null : quantileOf(sortedNumbers(own.map(({ latencyMs }) => latencyMs)), 0.5);
}
