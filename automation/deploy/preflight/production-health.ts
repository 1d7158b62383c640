import { other } from "../../../components/core/colour-name";
import { isElastic } from "../../../components/settings/elastic";
import { checkActiveColour } from "../../observe/check-active-colour";
import { checkProbes, probedServices } from "../../observe/probes/probing";
import type { RunState, StepContext } from "../context";

interface ProductionHealth {
  service: string;
  /** Instances. */
  running: number;
  problems: string[];
  /** Why its probes did not reach it, which is no problem; null or absent if they did, or if it has none. */
  unreached?: string | null;
}

/** Returns how the release of a service is that production has now, if there is one. */
export async function productionHealth(
  context: StepContext,
  state: RunState,
  service: string,
): Promise<ProductionHealth> {
  const { settings } = context;
  const { outputs, live } = state;
  const { active, colours } = live.services[service]!;
  const { release, size } = colours[active];
  if (release === null || size === 0) return { service, running: 0, problems: [] };
  const named = (problem: string) => `${service} ${active}: ${problem} (idle is ${other(active)})`;
  const [probed] = probedServices(settings, outputs, [service]);
  const [{ problems, inService }, answers] = await Promise.all([
    checkActiveColour(context, state, service),
    probed ? checkProbes(context, probed) : { problems: [], unreached: null },
  ]);
  const scales = isElastic(settings.services[service]!.size);
  return {
    service,
    running: scales ? inService : size,
    problems: [...problems, ...answers.problems].map(named),
    unreached: answers.unreached,
  };
}
