import type { ListenerRules } from "./listener-rules";

/** The rules of every listener of a load balancer, by the listener's AWS port. */
export type RulesByPort = ReadonlyMap<number, ListenerRules>;

/**
 * The rules that one node follows. A rule edit is not instant: each node takes it at a moment of its own, and until then
 * answers by the old rules (aws-rules E24).
 */
export class NodeRules {
  /** Nothing before the first configuration. */
  current: RulesByPort = new Map();
  #followed = -1;
  #latest: { edition: number; taken: Promise<void> } = { edition: -1, taken: Promise.resolve() };
  readonly #waiting = new Map<NodeJS.Timeout, () => void>();

  /**
   * @param edition counts up with each change of the rules; the same one again changes nothing
   * @param delayMs draws the real milliseconds until this node follows; a listener that it does not know yet is followed
   *   at once, and so is an edition that changes no listener that it knows
   * @returns when this node follows this edition or a newer one
   */
  follow(rules: RulesByPort, edition: number, delayMs: () => number): Promise<void> {
    if (edition === this.#latest.edition) return this.#latest.taken;
    const known = this.current;
    this.current = new Map([...rules, ...known]);
    const changed = [...known].some(([port, before]) => rules.get(port) !== before);
    if (!changed) this.#take(rules, edition);
    const taken = changed ? this.#after(delayMs()).then(() => this.#take(rules, edition)) : Promise.resolve();
    this.#latest = { edition, taken };
    return taken;
  }

  /** Nothing is waited for any more. */
  close(): void {
    for (const [timer, end] of this.#waiting) {
      clearTimeout(timer);
      end();
    }
    this.#waiting.clear();
  }

  #after(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(timer);
        resolve();
      }, delayMs);
      this.#waiting.set(timer, resolve);
    });
  }

  /** An older edition whose delay was longer never undoes a newer one. */
  #take(rules: RulesByPort, edition: number): void {
    if (edition < this.#followed) return;
    this.#followed = edition;
    this.current = rules;
  }
}
