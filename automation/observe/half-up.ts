import type { ColourOutputs } from "../../components/live/outputs";
import type { ColourObservation } from "../ports/observer";
import { checkColour } from "./check-colour";
import { type ExpectedColour, leastInstances } from "./expected-colour";

/** After so long, half of a colour's instances are enough to go back to it: production has a release that is worse. */
export const ENOUGH_AFTER_MS = 10_000;

/**
 * Whether at least half of a colour is up: enough to go back to it, because production has a release that is worse. All of its
 * tasks run the expected images, and in each target group half of the wanted targets are healthy.
 */
export function isHalfUp(colour: ColourOutputs, observed: ColourObservation, expected: ExpectedColour): boolean {
  const targets = observed.targets.filter(({ state }) => state === "healthy");
  return checkColour(colour, { ...observed, targets }, halfOf(expected)).length === 0;
}

/** The number of instances for which `isHalfUp` is true. */
export function leastHalf(expected: ExpectedColour, observed: ColourObservation): number {
  return leastInstances(halfOf(expected), observed);
}

function halfOf(expected: ExpectedColour): ExpectedColour {
  return { ...expected, size: Math.ceil(expected.size / 2) };
}
