import { activeRelease } from "../../components/live/live";
import type { DesiredReleases } from "../core/desired-releases";
import { hasNoWayBack, type PlanInput } from "./plan-facts";

/** The releases that were active before a run, by service: null before a first one. A service that was added since counts as it is. */
export function releasesBefore({
  before,
  live,
  desired,
}: Pick<PlanInput, "before" | "live" | "desired">): DesiredReleases {
  const releases = Object.keys(desired).map((name) => [
    name,
    activeRelease(before.services[name] ? before : live, name),
  ]);
  return Object.fromEntries(releases);
}

/** False for a run that made first releases active and did nothing else. A run whose services were all removed has nothing to lead back. */
export function canGoBack(run: Pick<PlanInput, "before" | "live" | "desired">): boolean {
  const before = releasesBefore(run);
  const names = Object.keys(before);
  return names.length === 0 || names.some((name) => !hasNoWayBack(run.live, before, name));
}
