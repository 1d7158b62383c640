import { isSample, WORKER } from "../traffic/streams";
import { isSlow } from "../traffic/types";
import { answeredAtMs, type TrafficSamples } from "./samples";
import type { Change, RehearsalRecord, ServiceChange } from "./types";

/** Something that a release of a service did: an answer, or a job. */
export interface Sign {
  release: string;
  /** When it was complete, Unix milliseconds. */
  atMs: number;
}

const NO_CHANGE: Change = { firstNewAtMs: null, lastOldAtMs: null, mixedMs: null };

type Releases = Pick<RehearsalRecord, "releases" | "deploys">;

/**
 * How each service of each deploy changed over, where traffic reached it. Times in the result count from
 * `firstRequestMs`.
 */
export function changesOf(
  record: Pick<RehearsalRecord, "releases" | "deploys" | "streams" | "logs">,
  { requests }: TrafficSamples,
  firstRequestMs: number,
): ServiceChange[] {
  const answers = new Map(record.streams.map(({ service }) => [service, [] as Sign[]]));
  const signsOf = new Map(record.streams.map(({ name, service }) => [name, answers.get(service)!]));
  for (const request of requests.filter(({ stream }) => !isSlow(stream)))
    signsOf.get(request.stream)?.push({ release: request.release, atMs: answeredAtMs(request) });
  const jobs = record.logs.jobsDone.flatMap(({ release, atMs }) => (atMs === null ? [] : [{ release, atMs }]));
  return record.releases
    .filter(({ deploy }) => deploy > 0)
    .flatMap(({ service, deploy }): ServiceChange[] => {
      const signs = answers.get(service);
      // A deploy that went back did not change over.
      const isBack = record.deploys[deploy - 1]?.some(({ type }) => type === "rollbackStarted");
      const change = isBack ? NO_CHANGE : changeOf(signs ?? jobs, record, service, deploy, firstRequestMs);
      if (signs) return [{ deploy, service, of: "requests", ...change }];
      return service === WORKER && isSample(service) ? [{ deploy, service, of: "jobs", ...change }] : [];
    });
}

/** The change in which old and new release answered side by side longest; null if there is none. */
export function worstChange(changes: readonly ServiceChange[]): ServiceChange | null {
  const ofRequests = changes.filter((change) => change.of === "requests");
  return ofRequests.reduce<ServiceChange | null>(
    (worst, change) => (worst === null || (change.mixedMs ?? -1) > (worst.mixedMs ?? -1) ? change : worst),
    null,
  );
}

/** The times of a change, without its deploy and service. */
export function timesOf(change: ServiceChange | null): Change {
  const { firstNewAtMs, lastOldAtMs, mixedMs } = change ?? NO_CHANGE;
  return { firstNewAtMs, lastOldAtMs, mixedMs };
}

/**
 * How long old and new releases of a service worked side by side in one deploy, by the times at which answers were
 * complete. Signs before that deploy do not count, so a release that comes back in a later deploy is new again; nor do
 * signs after the service's next deploy began.
 */
export function changeOf(
  signs: readonly Sign[],
  { releases, deploys }: Releases,
  service: string,
  deploy: number,
  firstRequestMs: number,
): Change {
  const own = releases.filter((release) => release.service === service);
  const newReleases = new Set(own.filter((each) => each.deploy === deploy).map(({ release }) => release));
  const oldReleases = new Set(own.map(({ release }) => release).filter((release) => !newReleases.has(release)));
  const next = Math.min(...own.map((each) => each.deploy).filter((number) => number > deploy));
  const startMs = deploys[deploy - 1]?.[0]?.atMs ?? Number.NEGATIVE_INFINITY;
  const endMs = deploys[next - 1]?.[0]?.atMs ?? Number.POSITIVE_INFINITY;

  let firstNew = Number.POSITIVE_INFINITY;
  let lastOld = Number.NEGATIVE_INFINITY;
  for (const { release, atMs } of signs) {
    if (atMs < startMs || atMs >= endMs) continue;
    if (newReleases.has(release)) firstNew = Math.min(firstNew, atMs);
    else if (oldReleases.has(release)) lastOld = Math.max(lastOld, atMs);
  }
  if (!Number.isFinite(firstNew)) return NO_CHANGE;
  // The difference of what is shown: rounded by itself it could differ from that by one.
  const firstNewAtMs = Math.round(firstNew - firstRequestMs);
  const lastOldAtMs = Number.isFinite(lastOld) ? Math.round(lastOld - firstRequestMs) : null;
  return { firstNewAtMs, lastOldAtMs, mixedMs: Math.max(0, (lastOldAtMs ?? firstNewAtMs) - firstNewAtMs) };
}
