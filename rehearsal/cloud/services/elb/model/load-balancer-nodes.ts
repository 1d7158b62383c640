import type { LoadBalancerNode, LoadBalancerNodes, Reachability } from "../../../kernel/ports";
import { internetReachesNode, internetReachesPort } from "./client-side";
import type { ElbState } from "./state";

export class ElbNodes implements LoadBalancerNodes {
  readonly #state: ElbState;
  readonly #reachability: Reachability;

  constructor(state: ElbState, reachability: Reachability) {
    this.#state = state;
    this.#reachability = reachability;
  }

  at(address: string): LoadBalancerNode | undefined {
    for (const loadBalancer of this.#state.loadBalancers.values()) {
      const node = loadBalancer.nodes.find((one) => one.address === address);
      if (!node) continue;
      const { name, internal, vpcId, settings } = loadBalancer;
      return {
        loadBalancer: name,
        internal,
        vpcId,
        securityGroupIds: settings.securityGroups,
        closedToInternet: (port) => {
          if (internal) return `load balancer ${name} is internal: only its VPC ${vpcId} reaches it`;
          if (!internetReachesNode(loadBalancer, node.subnetId, this.#reachability)) {
            return `load balancer ${name} is in subnet ${node.subnetId}, which no internet gateway leads to`;
          }
          if (internetReachesPort(loadBalancer, port, this.#reachability)) return undefined;
          return `no security group of load balancer ${name} lets the internet in on port ${port}`;
        },
      };
    }
    return undefined;
  }
}
