import { other } from "../../../components/core/colour-name";
import { isElastic } from "../../../components/settings/elastic";
import { checkActiveColour } from "../../observe/check-active-colour";
import { checkColour } from "../../observe/check-colour";
import { expectedColour } from "../../observe/expected-colour";
import { checkProbes, probedServices } from "../../observe/probes/probing";
import type { RunState, StepContext } from "../context";

interface ProductionNow {
  service: string;
  /** Instances. */
  running: number;
  problems: string[];
  /** Why its probes did not reach it, which is no problem; null or absent if they did, or if it has none. */
  unreached?: string | null;
}

/** Checks the release of a service that production has now, if there is one. */
export async function checkProduction(context: StepContext, state: RunState, service: string): Promise<ProductionNow> {
  const { observer, settings } = context;
  const { outputs, live } = state;
  const { active, colours } = live.services[service]!;
  const { release, size } = colours[active];
  if (release === null || size === 0) return { service, running: 0, problems: [] };
  const named = (problem: string) => `${service} ${active}: ${problem} (idle is ${other(active)})`;
  if (outputs.services[service]!.job) {
    const found = await checkActiveColour(context, state, service);
    return { service, running: size, problems: found.map(named) };
  }
  const outputsOfColour = outputs.services[service]!.colours[active];
  const [probed] = probedServices(settings, outputs, [service]);
  const [seen, answers] = await Promise.all([
    observer.colour(outputsOfColour),
    probed ? checkProbes(context, probed) : { problems: [], unreached: null },
  ]);
  const scales = isElastic(settings.services[service]!.size);
  const problems = checkColour(
    outputsOfColour,
    seen,
    expectedColour(colours[active], settings.services[service]!.size),
  );
  return {
    service,
    running: scales ? seen.inService : size,
    problems: [...problems, ...answers.problems].map(named),
    unreached: answers.unreached,
  };
}
