import { type Colour, other } from "../../components/core/colour-name";
import type { ServiceOutputs, StackOutputs } from "../../components/live/outputs";
import type { Observer } from "../ports/observer";

/**
 * Checks that a service's alias records point where live state says: each production name to the active colour's load
 * balancer, each test name to the idle one's.
 * @returns one line for each record that does not; a service without an edge has no records
 */
export async function checkAliases(
  observer: Pick<Observer, "aliases">,
  active: Colour,
  { exposures }: ServiceOutputs,
  edges: StackOutputs["edges"],
): Promise<string[]> {
  const problems = await Promise.all(
    (["public", "internal"] as const).map(async (name) => {
      const [exposure, edge] = [exposures[name], edges[name]];
      if (!exposure || !edge) return [];
      const wanted = [
        { host: new URL(exposure.url).hostname, colour: active },
        { host: new URL(exposure.testUrl).hostname, colour: other(active) },
      ];
      const found = await observer.aliases(
        exposure.zoneId,
        wanted.map(({ host }) => host),
      );
      return wanted.flatMap(({ host, colour }) => {
        const [actual, expected] = [found[host] ?? null, edge.loadBalancers[colour].dnsName.toLowerCase()];
        return actual === expected
          ? []
          : [`the record ${host} leads to ${actual ?? "nothing"}, wanted the ${colour} load balancer (${expected})`];
      });
    }),
  );
  return problems.flat();
}
