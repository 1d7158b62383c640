import { setMaxListeners } from "node:events";
import type { CloudContext } from "../../../kernel/context";
import type { Reachability } from "../../../kernel/ports";
import { arnSuffix } from "./arns";
import type { LoadBalancerState, NodeState } from "./state";

/** AWS seconds that a deleted load balancer's interfaces still hold its subnets and security groups (E10). */
const LINGER_SECONDS = 30;

/** What a load balancer needs of the network that it is in. */
export interface LoadBalancerNetwork extends Reachability {
  attachInterface(settings: {
    subnetId: string;
    securityGroupIds: string[];
    description: string;
    publicAddress?: boolean;
  }): { id: string };
  setInterfaceGroups(interfaceId: string, securityGroupIds: string[]): void;
  detachInterface(interfaceId: string): void;
  freeAddresses(subnetId: string): number;
}

/** The network interfaces of load balancers, one a node. */
export class NetworkInterfaces {
  readonly #context: CloudContext;
  readonly #network: LoadBalancerNetwork;
  readonly #closing = new AbortController();

  constructor(context: CloudContext, network: LoadBalancerNetwork) {
    this.#context = context;
    this.#network = network;
    // Each deleted load balancer listens to it, however many there are.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Gives every node of the load balancer an interface with its security groups. */
  attach({ arn, internal, settings, nodes }: Pick<LoadBalancerState, "arn" | "internal" | "settings" | "nodes">): void {
    const { securityGroups } = settings;
    for (const node of nodes) {
      if (node.interfaceId !== null) {
        this.#network.setInterfaceGroups(node.interfaceId, securityGroups);
        continue;
      }
      node.interfaceId = this.#network.attachInterface({
        subnetId: node.subnetId,
        securityGroupIds: securityGroups,
        description: `ELB ${arnSuffix(arn)}`,
        publicAddress: !internal,
      }).id;
    }
  }

  /** They stay for a while (E10). */
  release(nodes: readonly NodeState[]): void {
    this.#context.clock.sleep(LINGER_SECONDS, this.#closing.signal).then(
      () => {
        for (const node of nodes) if (node.interfaceId !== null) this.#network.detachInterface(node.interfaceId);
      },
      // Only closing ends the sleep early; then nobody asks for the subnets any more.
      () => undefined,
    );
  }

  close(): void {
    this.#closing.abort();
  }
}
