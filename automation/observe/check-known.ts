import type { ColourOutputs } from "../../components/live/outputs";
import type { ColourObservation } from "../ports/observer";
import { checkColour } from "./check-colour";
import type { ExpectedColour } from "./expected-colour";

/**
 * Returns the problems of a colour that ran before, as `checkColour` does; null if there may be one that nobody can see. Beside a disconnected
 * agent nothing is heard of a worker's tasks, which is no sign that they ended: agents disconnect in normal operation, too (aws-rules C23).
 */
export function knownProblems(
  colour: ColourOutputs,
  observed: ColourObservation,
  expected: ExpectedColour,
): string[] | null {
  const instances = observed.instances.map((instance) =>
    instance.agent === "disconnected" ? { ...instance, agent: "connected" as const } : instance,
  );
  const known = checkColour(colour, { ...observed, instances }, expected);
  return known.length > 0 || checkColour(colour, observed, expected).length === 0 ? known : null;
}
