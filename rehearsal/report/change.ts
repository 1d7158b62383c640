import type { RequestSample } from "../traffic/types";
import { answeredAtMs } from "./samples";
import type { RehearsalRecord, RehearsalReport } from "./types";

const NO_CHANGE: RehearsalReport["change"] = { firstNewAtMs: null, lastOldAtMs: null, mixedMs: null };

/**
 * How long old and new releases answered side by side in the last deploy, judged by when answers were complete. Answers from
 * before that deploy do not count, so a release that comes back in a later deploy is new again.
 */
export function changeOf(
  requests: readonly RequestSample[],
  { releases, deploys }: Pick<RehearsalRecord, "releases" | "deploys">,
  firstRequestMs: number,
): RehearsalReport["change"] {
  const lastDeploy = Math.max(...releases.map(({ deploy }) => deploy));
  const newReleases = new Set(releases.filter(({ deploy }) => deploy === lastDeploy).map(({ release }) => release));
  const oldReleases = new Set(releases.map(({ release }) => release).filter((release) => !newReleases.has(release)));
  const startedAtMs = deploys.at(-1)?.[0]?.atMs ?? Number.NEGATIVE_INFINITY;

  let firstNew = Number.POSITIVE_INFINITY;
  let lastOld = Number.NEGATIVE_INFINITY;
  for (const request of requests) {
    const at = answeredAtMs(request);
    if (at < startedAtMs) continue;
    if (newReleases.has(request.release)) firstNew = Math.min(firstNew, at);
    else if (oldReleases.has(request.release)) lastOld = Math.max(lastOld, at);
  }
  if (!Number.isFinite(firstNew)) return NO_CHANGE;
  return {
    firstNewAtMs: Math.round(firstNew - firstRequestMs),
    lastOldAtMs: Number.isFinite(lastOld) ? Math.round(lastOld - firstRequestMs) : null,
    mixedMs: Number.isFinite(lastOld) ? Math.max(0, Math.round(lastOld - firstNew)) : 0,
  };
}
