import { type Colour, other } from "../../components/core/colour-name";
import type { StackOutputs } from "../../components/live/outputs";
import type { Observer } from "../ports/observer";

interface WantedAlias {
  zoneId: string;
  host: string;
  /** Colour of the load balancer that it has to lead to. */
  colour: Colour;
}

/**
 * Checks that a service's alias records point where live state says: each production name, and each host whose record
 * follows the service, to the active colour's load balancer, each test name to the idle one's.
 * @returns one line for each record that does not; a service without an edge has no records
 */
export async function checkAliases(
  observer: Pick<Observer, "aliases">,
  active: Colour,
  service: string,
  { services, edges, hostRecords = [] }: Pick<StackOutputs, "services" | "edges" | "hostRecords">,
): Promise<string[]> {
  const { exposures } = services[service]!;
  const problems = await Promise.all(
    (["public", "internal"] as const).map(async (name) => {
      const [exposure, edge] = [exposures[name], edges[name]];
      if (!exposure || !edge) return [];
      const { zoneId } = exposure;
      const hosts = name === "public" ? hostRecords.filter((record) => record.service === service) : [];
      const wanted: WantedAlias[] = [
        { zoneId, host: new URL(exposure.url).hostname, colour: active },
        { zoneId, host: new URL(exposure.testUrl).hostname, colour: other(active) },
        ...hosts.map((record) => ({ zoneId: record.zoneId, host: record.host, colour: active })),
      ];
      const found = await aliasesOf(observer, wanted);
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

async function aliasesOf(
  observer: Pick<Observer, "aliases">,
  wanted: readonly WantedAlias[],
): Promise<Record<string, string | null>> {
  const zones = [...new Set(wanted.map(({ zoneId }) => zoneId))];
  const found = await Promise.all(
    zones.map((zone) =>
      observer.aliases(
        zone,
        wanted.filter(({ zoneId }) => zoneId === zone).map(({ host }) => host),
      ),
    ),
  );
  return Object.assign({}, ...found);
}
