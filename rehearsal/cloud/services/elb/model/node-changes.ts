import { setMaxListeners } from "node:events";
import type { CloudContext } from "../../../kernel/context";
import type { ActiveFault } from "../../../kernel/faults";
import type { LoadBalancerState } from "./state";

export interface NodeChangesParts {
  loadBalancers(): Iterable<LoadBalancerState>;
  /** Gives a load balancer other nodes beside those that it has, which leave DNS. @returns those */
  addNodes(loadBalancerArn: string): LoadBalancerState["nodes"];
  /** Removes nodes that have left DNS. */
  removeNodes(loadBalancerArn: string, nodes: LoadBalancerState["nodes"]): void;
}

/** Changes the nodes of load balancers without anybody's doing, as scaling does (E41): the fault `nodesChange`. */
export class NodeChanges {
  readonly #context: CloudContext;
  readonly #parts: NodeChangesParts;
  readonly #begun = new Set<string>();
  readonly #closing = new AbortController();

  constructor(context: CloudContext, parts: NodeChangesParts) {
    this.#context = context;
    this.#parts = parts;
    // Each fault that is switched on adds a listener.
    setMaxListeners(0, this.#closing.signal);
    context.faults?.onChange(() => this.#begin());
  }

  close(): void {
    this.#closing.abort();
  }

  #begin(): void {
    for (const fault of this.#context.faults?.ofKind("nodesChange") ?? []) {
      if (this.#begun.has(fault.id)) continue;
      this.#begun.add(fault.id);
      void this.#change(fault);
    }
  }

  /** What has changed stays so when the fault is switched off before its end: nobody takes scaling back. */
  async #change(fault: ActiveFault<"nodesChange">): Promise<void> {
    const { faults, clock, log } = this.#context;
    const { loadBalancer: part = "", goneAfterSeconds } = fault.parameters;
    const leaving: [arn: string, nodes: LoadBalancerState["nodes"]][] = [];
    for (const { arn, name } of this.#parts.loadBalancers()) {
      if (!name.includes(part) || !faults?.injectOne(fault, `nodes of ${name}`)) continue;
      try {
        leaving.push([arn, this.#parts.addNodes(arn)]);
      } catch (error) {
        log(`the nodes of ${name} did not change: ${(error as Error).message}`);
      }
    }
    if (!(await clock.passes(goneAfterSeconds, this.#closing.signal))) return;
    for (const [arn, nodes] of leaving) this.#parts.removeNodes(arn, nodes);
    if (!fault.ended.signal.aborted) faults?.clear(fault.id);
  }
}
