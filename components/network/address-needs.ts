import { COLOURS } from "../core/colour-name";
import type { Live } from "../live/live";
import type { Settings } from "../settings/settings";

/** Addresses that a load balancer takes of a subnet while it grows (aws-rules E6). */
export const PER_LOAD_BALANCER = 8;
const LOAD_BALANCERS = COLOURS.length;

/** How many free addresses a run needs in each subnet, beyond those that the stack has already. */
export interface AddressNeeds {
  public: number;
  private: number;
  /** Whether internal load balancers are in the private subnets, which then have a smallest size. */
  hasInternal: boolean;
}

export interface NeedsFacts {
  services: Settings["services"];
  /** Live state of this run. */
  live: Live;
  /** After the last successful run. */
  previous: Live;
  isDeploy: boolean;
  /** Edges that exist. */
  edges: { public: boolean; internal: boolean };
  /** Whether the stack has the internal edge after this run. */
  hasInternal: boolean;
  /** Number of private subnets. */
  privateSubnets: number;
}

/**
 * The largest use of a run. A deploy needs what it starts; any other run is asked for the largest deploy: both colours
 * of all services at their largest sizes. Auto Scaling spreads each colour evenly over the subnets.
 */
export function addressNeeds(facts: NeedsFacts): AddressNeeds {
  const { edges, hasInternal, privateSubnets } = facts;
  const ofEdge = (exists: boolean) => (exists ? 0 : LOAD_BALANCERS * PER_LOAD_BALANCER);
  const instances = newInstances(facts).reduce((sum, count) => sum + Math.ceil(count / privateSubnets), 0);
  return {
    public: ofEdge(edges.public),
    private: (hasInternal ? ofEdge(edges.internal) : 0) + instances,
    hasInternal,
  };
}

/** True for a run that starts instances, and for each that is no deploy. */
export function usesNetwork(facts: NeedsFacts): boolean {
  return !facts.isDeploy || newInstances(facts).some((count) => count > 0);
}

/** The instances that may come, by service and colour. */
function newInstances({ services, live, previous, isDeploy }: NeedsFacts): number[] {
  return Object.entries(services).flatMap(([name, { size }]) =>
    COLOURS.map((colour) => {
      const had = previous.services[name]!.colours[colour].size;
      if (isDeploy) return Math.max(0, live.services[name]!.colours[colour].size - had);
      // How many a colour has that follows the CPU only AWS knows: it counts as grown already.
      const has = had > 0 && size.min < size.max ? Math.max(had, size.max) : had;
      return Math.max(0, size.max - has);
    }),
  );
}
