import type { Reachability } from "../ports";
import { listenersOf, targetGroupsOfLoadBalancer } from "./associations";
import type { ElbState, LoadBalancerState } from "./state";

/** What DNS knows of load balancers. */
export interface LoadBalancerNames {
  /** @param dnsName lower case, without the last dot */
  find(dnsName: string): LoadBalancerName | undefined;
}

export interface LoadBalancerName {
  zoneId: string;
  /** IPv4, one a zone. */
  addresses: string[];
  /** False if any target group has only bad targets, or none at all (R10). */
  healthy: boolean;
}

/** Answers for the names that ELB gives to load balancers. */
export class ElbNames implements LoadBalancerNames {
  readonly #state: ElbState;
  readonly #reachability: Reachability;
  readonly #allocateAddress: () => string;
  /** Addresses where nothing listens, by the node's own. */
  readonly #deadEnds = new Map<string, string>();

  constructor(state: ElbState, reachability: Reachability, allocateAddress: () => string) {
    this.#state = state;
    this.#reachability = reachability;
    this.#allocateAddress = allocateAddress;
  }

  find(dnsName: string): LoadBalancerName | undefined {
    const loadBalancer = [...this.#state.loadBalancers.values()].find((one) => one.dnsName === dnsName);
    if (!loadBalancer) return undefined;
    const letIn = this.#letsClientsIn(loadBalancer);
    return {
      zoneId: loadBalancer.zoneId,
      addresses: loadBalancer.nodes.map(({ subnetId, address }) =>
        letIn && (loadBalancer.internal || this.#reachability.internetRoute(subnetId) === "internet-gateway")
          ? address
          : this.#deadEnd(address),
      ),
      healthy: this.#isHealthy(loadBalancer),
    };
  }

  /**
   * Whether a security group opens any listener's port to the internet (E9). On AWS the packets go nowhere; here, and in a subnet
   * without a way to the internet (E7), the name leads to an address where nothing listens.
   */
  #letsClientsIn({ arn, internal, settings }: LoadBalancerState): boolean {
    const listeners = listenersOf(this.#state, arn);
    if (internal || listeners.length === 0) return true;
    return listeners.some(({ port }) => this.#reachability.allows("internet", settings.securityGroups, port));
  }

  #deadEnd(address: string): string {
    const known = this.#deadEnds.get(address) ?? this.#allocateAddress();
    this.#deadEnds.set(address, known);
    return known;
  }

  #isHealthy({ arn }: LoadBalancerState): boolean {
    return [...targetGroupsOfLoadBalancer(this.#state, arn)].every((group) => {
      const targets = [...(this.#state.targetGroups.get(group)?.targets.values() ?? [])];
      return targets.some((target) => target.health.state === "healthy");
    });
  }
}
