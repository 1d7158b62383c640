import type { Settings } from "../../components/settings/settings";
import type { Observer } from "../ports/observer";
import type { ActiveState } from "./active-state";
import { checkColour } from "./check-colour";
import { checkJob } from "./check-job";
import { expectedColour } from "./expected-colour";

/** Returns the problems that keep a service's active colour from being up as live state says, one line each. */
export async function checkActiveColour(
  { observer, settings }: { observer: Observer; settings: Pick<Settings, "services"> },
  { live, outputs }: ActiveState,
  service: string,
): Promise<string[]> {
  const { active, colours } = live.services[service]!;
  if (outputs.services[service]!.job) return checkJob({ observer }, { live, outputs }, service, active);
  const outputsOfColour = outputs.services[service]!.colours[active];
  const expected = expectedColour(colours[active], settings.services[service]?.size);
  return checkColour(outputsOfColour, await observer.colour(outputsOfColour), expected);
}
