import type { CloudContext } from "../kernel/context";
import type { ActiveFault } from "../kernel/faults";
import { isIn } from "./machine-faults";

/**
 * AWS seconds until DNS leaves out a load balancer's node that does not answer: one time to live of its records. From
 * memory.
 */
const DNS_SECONDS = 60;

export interface FaultyNode {
  loadBalancer: string;
  zone: string;
  address: string;
}

/** The load balancers' nodes that are lost with their zones. */
export class LostNodes {
  readonly #context: CloudContext;
  readonly #lost = new Map<string, { fault: ActiveFault; sinceMs: number }>();

  constructor(context: CloudContext) {
    this.#context = context;
  }

  /** Calls the listener when other nodes may answer than before. */
  onChange(listener: () => void): void {
    this.#context.faults?.onChange(listener);
  }

  isLost(node: FaultyNode): boolean {
    return this.#lossOf(node) !== undefined;
  }

  /** True once DNS leaves the node out. */
  isOutOfDns(node: FaultyNode): boolean {
    const loss = this.#lossOf(node);
    return loss !== undefined && Date.now() - loss.sinceMs >= this.#context.clock.realMs(DNS_SECONDS);
  }

  #lossOf(node: FaultyNode): { sinceMs: number } | undefined {
    const { address, loadBalancer, zone } = node;
    const known = this.#lost.get(address);
    if (known && !known.fault.ended.signal.aborted) return known;
    this.#lost.delete(address);
    const fault = this.#context.faults?.inject(
      "dropZone",
      (parameters) =>
        isIn(parameters.zone, zone) &&
        (parameters.loadBalancer === undefined || loadBalancer.includes(parameters.loadBalancer)),
      `node ${address} of ${loadBalancer} in ${zone}`,
    );
    if (!fault) return undefined;
    const loss = { fault, sinceMs: Date.now() };
    this.#lost.set(address, loss);
    return loss;
  }
}
