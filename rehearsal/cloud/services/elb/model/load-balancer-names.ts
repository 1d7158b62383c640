import type { LostNodes } from "../../../faults/node-faults";
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
  readonly #lostNodes: LostNodes;

  constructor(state: ElbState, lostNodes: LostNodes) {
    this.#state = state;
    this.#lostNodes = lostNodes;
  }

  find(dnsName: string): LoadBalancerName | undefined {
    const loadBalancer = [...this.#state.loadBalancers.values()].find((one) => one.dnsName === dnsName);
    if (!loadBalancer) return undefined;
    return {
      zoneId: loadBalancer.zoneId,
      addresses: this.#addresses(loadBalancer),
      healthy: this.#isHealthy(loadBalancer),
    };
  }

  /** Without the nodes that are known to be lost; all, when none is left. */
  #addresses({ name, nodes }: LoadBalancerState): string[] {
    const left = nodes.filter(
      ({ zone, address }) => !this.#lostNodes.isOutOfDns({ loadBalancer: name, zone, address }),
    );
    return (left.length > 0 ? left : nodes).map(({ address }) => address);
  }

  #isHealthy({ arn }: LoadBalancerState): boolean {
    return [...targetGroupsOfLoadBalancer(this.#state, arn)].every((group) => {
      const targets = [...(this.#state.targetGroups.get(group)?.targets.values() ?? [])];
      return targets.some((target) => target.health.state === "healthy");
    });
  }
}
