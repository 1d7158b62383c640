import type { Live } from "../../components/live/live";
import type { StackOutputs } from "../../components/live/outputs";
import { digestsOf } from "../core/desired-releases";
import type { Observer } from "../ports/observer";
import { checkColour } from "./check-colour";

/** Live state, and the outputs of the stack that it is in. */
export interface ActiveState {
  live: Live;
  outputs: StackOutputs;
}

/** Returns the problems that keep a service's active colour from being up as live state says, one line each. */
export async function checkActiveColour(
  { observer }: { observer: Observer },
  { live, outputs }: ActiveState,
  service: string,
): Promise<string[]> {
  const { active, colours } = live.services[service]!;
  const { release, size } = colours[active];
  const outputsOfColour = outputs.services[service]!.colours[active];
  return checkColour(outputsOfColour, await observer.colour(outputsOfColour), {
    size,
    ...digestsOf(release!),
  });
}
