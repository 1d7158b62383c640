import type { ListenerRules } from "./listener-rules";

/** The rules of all listeners of a load balancer, by the listener's AWS port. */
export type RulesByPort = ReadonlyMap<number, ListenerRules>;

/**
 * The rules that one node follows. A rule change is not instant: each node takes it over at a moment of its own and
 * follows the old rules until then (aws-rules E24).
 */
export class NodeRules {
  /** Empty before the first configuration. */
  current: RulesByPort = new Map();
  #followedVersion = -1;
  #latest: { version: number; taken: Promise<void> } = { version: -1, taken: Promise.resolve() };
  readonly #waiting = new Map<NodeJS.Timeout, () => void>();

  /**
   * Takes over new rules after a delay. A listener that the node does not know yet is taken over at once, and so is a
   * version that changes no listener that it knows. Resolves when the node follows this version or a newer one.
   * @param version counts up with each change of the rules; the same one again changes nothing
   * @param delayMs draws the delay in real milliseconds
   */
  follow(rules: RulesByPort, version: number, delayMs: () => number): Promise<void> {
    if (version === this.#latest.version) return this.#latest.taken;
    const known = this.current;
    this.current = new Map([...rules, ...known]);
    const changed = [...known].some(([port, before]) => rules.get(port) !== before);
    if (!changed) this.#take(rules, version);
    const taken = changed ? this.#after(delayMs()).then(() => this.#take(rules, version)) : Promise.resolve();
    this.#latest = { version, taken };
    return taken;
  }

  /** Ends all waits. */
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

  /** An older version whose delay was longer never undoes a newer one. */
  #take(rules: RulesByPort, version: number): void {
    if (version < this.#followedVersion) return;
    this.#followedVersion = version;
    this.current = rules;
  }
}
