import { setMaxListeners } from "node:events";
import type { CloudContext } from "../../../kernel/context";
import type { Reachability } from "../../../kernel/ports";
import { arnSuffix } from "./arns";
import type { LoadBalancerState, NodeState } from "./state";

/**
 * AWS seconds that the network interfaces of a deleted load balancer still use its subnets and security groups (E10).
 */
export const LINGER_SECONDS = 30;

/** The part of the network that load balancers need. */
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

/** The network interfaces of load balancers: one for each node. */
export class LoadBalancerInterfaces {
  readonly #context: CloudContext;
  readonly #network: LoadBalancerNetwork;
  readonly #closing = new AbortController();

  constructor(context: CloudContext, network: LoadBalancerNetwork) {
    this.#context = context;
    this.#network = network;
    // Every deleted load balancer adds a listener.
    setMaxListeners(0, this.#closing.signal);
  }

  /** Gives every node of the load balancer a network interface with the load balancer's security groups. */
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

  /** Deletes the interfaces of these nodes after `LINGER_SECONDS` (E10). Returns at once. */
  release(nodes: readonly NodeState[]): void {
    this.#context.clock.sleep(LINGER_SECONDS, this.#closing.signal).then(
      () => {
        for (const node of nodes) if (node.interfaceId !== null) this.#network.detachInterface(node.interfaceId);
      },
      // Only `close` ends the sleep early, and then nothing uses the subnets any more.
      () => undefined,
    );
  }

  close(): void {
    this.#closing.abort();
  }
}
