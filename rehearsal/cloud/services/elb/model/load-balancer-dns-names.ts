import type { LostNodes } from "../../../faults/node-faults";
import type { ElbState, LoadBalancerState } from "./state";

/** Looks up load balancers by their DNS names, for DNS. */
export interface LoadBalancerDnsNames {
  /** @param dnsName lower case, without the last dot */
  find(dnsName: string): LoadBalancerDnsName | undefined;
}

export interface LoadBalancerDnsName {
  zoneId: string;
  /**
   * IPv4 addresses, one per Availability Zone. The public DNS also resolves the name of an internal load balancer to
   * its private addresses, as on AWS.
   */
  addresses: string[];
}

/** The DNS names that ELB gives to load balancers. */
export class ElbDnsNames implements LoadBalancerDnsNames {
  readonly #state: ElbState;
  readonly #lostNodes: LostNodes;

  constructor(state: ElbState, lostNodes: LostNodes) {
    this.#state = state;
    this.#lostNodes = lostNodes;
  }

  find(dnsName: string): LoadBalancerDnsName | undefined {
    const loadBalancer = [...this.#state.loadBalancers.values()].find((one) => one.dnsName === dnsName);
    if (!loadBalancer) return undefined;
    return {
      zoneId: loadBalancer.zoneId,
      addresses: this.#addresses(loadBalancer),
    };
  }

  /**
   * The addresses of the nodes that are neither leaving nor removed from DNS by ELB, or of all that are not leaving if
   * none is left.
   */
  #addresses({ name, nodes }: LoadBalancerState): string[] {
    const staying = nodes.filter(({ leaving }) => !leaving);
    const left = staying.filter(
      ({ zone, address }) => !this.#lostNodes.isOutOfDns({ loadBalancer: name, zone, address }),
    );
    return (left.length > 0 ? left : staying).map(({ address }) => address);
  }
}
