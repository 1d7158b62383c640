import { digestsOf } from "../core/desired-releases";
import type { Observer } from "../ports/observer";
import type { ActiveState } from "./active-state";
import { checkColour } from "./check-colour";
import { checkActiveJob } from "./check-job";

/** Returns the problems that keep a service's active colour from being up as live state says, one line each. */
export async function checkActiveColour(
  { observer }: { observer: Observer },
  { live, outputs }: ActiveState,
  service: string,
): Promise<string[]> {
  if (outputs.services[service]!.job) return checkActiveJob({ observer }, { live, outputs }, service);
  const { active, colours } = live.services[service]!;
  const { release, size } = colours[active];
  const outputsOfColour = outputs.services[service]!.colours[active];
  return checkColour(outputsOfColour, await observer.colour(outputsOfColour), {
    size,
    ...digestsOf(release!),
  });
}
