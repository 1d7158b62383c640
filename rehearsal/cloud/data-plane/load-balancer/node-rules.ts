import { Delays } from "./delays";
import type { ListenerRules } from "./listener-rules";

/** The rules of all listeners of a load balancer, by the listener's AWS port. */
export type RulesByPort = ReadonlyMap<number, ListenerRules>;

/** A version of the rules. */
export interface RulesChange {
  rules: RulesByPort;
  /** Counts up with each change of the rules; the same one again changes nothing. */
  version: number;
  /** Real milliseconds until the node follows it. */
  delayMs: number;
  /** Called just before the node follows it. @param isLate whether it followed older rules until now */
  onFollow(isLate: boolean): void;
}

/**
 * The rules that one node follows. A rule change is not instant: each node takes it over at a moment of its own and
 * follows the old rules until then (aws-rules E24).
 */
export class NodeRules {
  /** Empty before the first configuration. */
  current: RulesByPort = new Map();
  #followedVersion = -1;
  #latest: { version: number; taken: Promise<void> } = { version: -1, taken: Promise.resolve() };
  readonly #delays = new Delays();

  /**
   * Takes over new rules after a delay. A listener that the node does not know yet is taken over at once, and so is a
   * version that changes no listener that it knows. Resolves when the node follows this version or a newer one.
   */
  follow(change: RulesChange): Promise<void> {
    const { rules, version, delayMs } = change;
    if (version === this.#latest.version) return this.#latest.taken;
    const known = this.current;
    this.current = new Map([...rules, ...known]);
    const changed = [...known].some(([port, before]) => rules.get(port) !== before);
    if (!changed) this.#take(change, false);
    const taken = changed ? this.#delays.after(delayMs).then(() => this.#take(change, true)) : Promise.resolve();
    this.#latest = { version, taken };
    return taken;
  }

  /** Ends all waits. */
  close(): void {
    this.#delays.close();
  }

  /** An older version whose delay was longer never undoes a newer one. */
  #take({ rules, version, onFollow }: RulesChange, isLate: boolean): void {
    if (version < this.#followedVersion) return;
    this.#followedVersion = version;
    onFollow(isLate);
    this.current = rules;
  }
}
