import { RoundRobin } from "./choice";
import { Delays } from "./delays";
import type { Target } from "./target";

/** The targets of a group that get requests, at one moment. */
export interface RoutableTargets {
  /** Counts up with each change of any group. */
  version: number;
  targets: readonly Target[];
}

/**
 * The targets that one node sends requests to. A target that is registered, deregistered or changes its health is not
 * known to every node at once: each node learns it at a moment of its own, as it does with rules (aws-rules E24).
 */
export class NodeTargets {
  readonly #groups = new Map<string, RoutableTargets & { turns: RoundRobin }>();
  readonly #delays = new Delays();

  /** Returns the target for the next request, or undefined when the node knows none: the client gets 503 (E33). */
  pick(targetGroupArn: string): Target | undefined {
    const group = this.#groups.get(targetGroupArn);
    return group?.turns.next(group.targets);
  }

  /**
   * Takes over a group's targets after a delay in real milliseconds; at once for a group that the node does not know.
   * Resolves when the node knows these targets or newer ones.
   */
  async learn(targetGroupArn: string, routable: RoutableTargets, delayMs: number): Promise<void> {
    if (delayMs > 0 && this.#groups.has(targetGroupArn)) await this.#delays.after(delayMs);
    this.#take(targetGroupArn, routable);
  }

  /** Takes over the targets of these groups at once. */
  learnNow(groups: Iterable<readonly [string, RoutableTargets]>): void {
    for (const [arn, routable] of groups) this.#take(arn, routable);
  }

  forget(targetGroupArn: string): void {
    this.#groups.delete(targetGroupArn);
  }

  /** Ends all waits. */
  close(): void {
    this.#delays.close();
  }

  /** An older version whose delay was longer never undoes a newer one. */
  #take(targetGroupArn: string, { version, targets }: RoutableTargets): void {
    const known = this.#groups.get(targetGroupArn);
    if (known && known.version > version) return;
    this.#groups.set(targetGroupArn, { version, targets, turns: known?.turns ?? new RoundRobin() });
  }
}
