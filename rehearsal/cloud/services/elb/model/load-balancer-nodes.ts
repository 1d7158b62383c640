import type { LoadBalancerNode, LoadBalancerNodes, Reachability } from "../../../kernel/ports";
import { internetReachesNode, internetReachesPort } from "./internet-reachability";
import type { ElbState } from "./state";

/** The nodes of all load balancers. */
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
            return `load balancer ${name} is in subnet ${node.subnetId}, which has no route to an internet gateway`;
          }
          if (internetReachesPort(loadBalancer, port, this.#reachability)) return undefined;
          return `no security group of load balancer ${name} allows port ${port} from the internet`;
        },
      };
    }
    return undefined;
  }
}
