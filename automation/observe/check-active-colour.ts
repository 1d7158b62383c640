import { digestsOf } from "../core/desired-releases";
import type { Observer } from "../ports/observer";
import type { ActiveState } from "./active-state";
import { checkColour } from "./check-colour";
import { checkJob } from "./check-job";

/** Returns the problems that keep a service's active colour from being up as live state says, one line each. */
export async function checkActiveColour(
  { observer }: { observer: Observer },
  { live, outputs }: ActiveState,
  service: string,
): Promise<string[]> {
  const { active, colours } = live.services[service]!;
  if (outputs.services[service]!.job) return checkJob({ observer }, { live, outputs }, service, active);
  const { release, size } = colours[active];
  const outputsOfColour = outputs.services[service]!.colours[active];
  return checkColour(outputsOfColour, await observer.colour(outputsOfColour), {
    size,
    ...digestsOf(release!),
  });
}
