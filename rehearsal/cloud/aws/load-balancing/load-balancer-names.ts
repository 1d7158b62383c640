import { targetGroupsOfLoadBalancer } from "./associations";
import type { ElbState, LoadBalancerState } from "./state";

/** What DNS knows of load balancers. */
export interface LoadBalancerNames {
  /** @param dnsName lower case, without the last dot */
  find(dnsName: string): LoadBalancerName | undefined;
}

export interface LoadBalancerName {
  zoneId: string;
  /** IPv4, one a zone. Of an internal load balancer too: on AWS its name leads everybody to private addresses. */
  addresses: string[];
  /** False if any target group has only bad targets, or none at all (R10). */
  healthy: boolean;
}

/** Answers for the names that ELB gives to load balancers. */
export class ElbNames implements LoadBalancerNames {
  readonly #state: ElbState;

  constructor(state: ElbState) {
    this.#state = state;
  }

  find(dnsName: string): LoadBalancerName | undefined {
    const loadBalancer = [...this.#state.loadBalancers.values()].find((one) => one.dnsName === dnsName);
    if (!loadBalancer) return undefined;
    return {
      zoneId: loadBalancer.zoneId,
      addresses: loadBalancer.nodes.map(({ address }) => address),
      healthy: this.#isHealthy(loadBalancer),
    };
  }

  #isHealthy({ arn }: LoadBalancerState): boolean {
    return [...targetGroupsOfLoadBalancer(this.#state, arn)].every((group) => {
      const targets = [...(this.#state.targetGroups.get(group)?.targets.values() ?? [])];
      return targets.some((target) => target.health.state === "healthy");
    });
  }
}
