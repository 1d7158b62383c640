import type { Settings } from "../../components/settings/settings";
import type { Observer } from "../ports/observer";
import type { ActiveState } from "./active-state";
import { checkColour } from "./check-colour";
import { checkJob } from "./check-job";
import { knownProblems } from "./check-known";
import { expectedColour } from "./expected-colour";

interface ActiveColour {
  /** What keeps it from being up as live state says, one line each. */
  problems: string[];
  /** False if these may be no more than that an ECS agent is disconnected. */
  isKnown: boolean;
  /** Instances in service; of a job, which has none, its size. */
  inService: number;
}

/** Looks at a service's active colour. */
export async function checkActiveColour(
  { observer, settings }: { observer: Observer; settings: Pick<Settings, "services"> },
  { live, outputs }: ActiveState,
  service: string,
): Promise<ActiveColour> {
  const { active, colours } = live.services[service]!;
  const { size } = colours[active];
  if (outputs.services[service]!.job)
    return {
      problems: await checkJob({ observer }, { live, outputs }, service, active),
      isKnown: true,
      inService: size,
    };
  const outputsOfColour = outputs.services[service]!.colours[active];
  const expected = expectedColour(colours[active], settings.services[service]?.size, outputsOfColour);
  const seen = await observer.colour(outputsOfColour);
  const isKnown = knownProblems(outputsOfColour, seen, expected) !== null;
  return { problems: checkColour(outputsOfColour, seen, expected), isKnown, inService: seen.inService };
}
