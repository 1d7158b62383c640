import type { ColourOutputs } from "../../components/live/outputs";
import type { ColourObservation } from "../ports/observer";
import { checkColour } from "./check-colour";
import type { ExpectedColour } from "./expected-colour";

/** After so long, half of a colour's instances are enough to go back to it: production has a release that is worse. */
export const ENOUGH_AFTER_MS = 10_000;

/**
 * Whether at least half of a colour is up: enough to go back to it, because production has a release that is worse. All of its
 * tasks run the expected images, and in each target group half of the wanted targets are healthy.
 */
export function isHalfUp(colour: ColourOutputs, observed: ColourObservation, expected: ExpectedColour): boolean {
  const targets = observed.targets.filter(({ state }) => state === "healthy");
  return (
    checkColour(colour, { ...observed, targets }, { ...expected, size: Math.ceil(expected.size / 2) }).length === 0
  );
}
