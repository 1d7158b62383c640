import { isElastic } from "../../components/settings/elastic";
import { digestOf } from "../core/desired-releases";
import type { RunState, StepContext } from "../deploy/context";
import { checkColour } from "./check-colour";

/** Everything that keeps the colour that production is on from being up as live state says; empty when all is well. */
export async function checkActiveColour(
  { settings, observer }: Pick<StepContext, "settings" | "observer">,
  { live, outputs }: Pick<RunState, "live" | "outputs">,
  service: string,
): Promise<string[]> {
  const { active, colours } = live.services[service]!;
  const { release, size } = colours[active];
  const outputsOfColour = outputs.services[service]!.colours[active];
  return checkColour(outputsOfColour, await observer.colour(outputsOfColour), {
    size,
    digest: digestOf(release!.image),
    scales: isElastic(settings.services[service]!.size),
  });
}
