import type { CloudClock } from "../../../kernel/clock";
import { Subscribers } from "../../../kernel/subscribers";

/** Longest time in AWS seconds for which heartbeats can hold an instance (aws-rules A11). */
const LONGEST_HOLD_SECONDS = 48 * 3600;

/** A lifecycle hook for terminating instances. Its default result is CONTINUE. */
export interface TerminationHook {
  name: string;
  /** AWS seconds until the termination continues without an answer. */
  heartbeatSeconds: number;
}

/** An instance held by a hook. */
export interface HeldInstance {
  hook: string;
  instanceId: string;
}

interface Hold extends HeldInstance {
  /** AWS seconds from the start of the hold. */
  limitSeconds: number;
  released: AbortController;
}

/**
 * The termination hooks of one group, which keep instances in `Terminating:Wait`. Both results of a hook end in
 * termination, so a hook only delays it.
 */
export class TerminationHooks {
  readonly #clock: Pick<CloudClock, "sleep">;
  readonly #hooks = new Map<string, TerminationHook>();
  readonly #holds = new Set<Hold>();
  readonly #notices = new Subscribers<HeldInstance>();

  constructor(clock: Pick<CloudClock, "sleep">) {
    this.#clock = clock;
  }

  get all(): TerminationHook[] {
    return [...this.#hooks.values()];
  }

  /** Adds a hook, or changes the one of that name. */
  put(hook: TerminationHook): void {
    this.#hooks.set(hook.name, hook);
  }

  /** Removes a hook and releases the instances that it holds. */
  remove(name: string): void {
    this.#hooks.delete(name);
    for (const hold of this.#holds) if (hold.hook === name) hold.released.abort();
  }

  /** Calls the listener when a hook begins to hold an instance. Returns the unsubscribe function. */
  onHold(listener: (held: HeldInstance) => void): () => void {
    return this.#notices.add(listener);
  }

  /**
   * Holds an instance until every hook is completed or its heartbeat timeout is over. Rejects when the signal is
   * aborted.
   */
  async hold(instanceId: string, signal: AbortSignal): Promise<void> {
    await Promise.all(this.all.map((hook) => this.#hold(hook, instanceId, signal)));
  }

  /** Extends a hold, as recorded heartbeats do. */
  keepAlive(held: HeldInstance): void {
    const hold = this.#find(held);
    if (hold) hold.limitSeconds = LONGEST_HOLD_SECONDS;
  }

  /** Completes a hook for an instance. Does nothing if the hook does not hold it any more. */
  complete(held: HeldInstance): void {
    this.#find(held)?.released.abort();
  }

  async #hold(hook: TerminationHook, instanceId: string, signal: AbortSignal): Promise<void> {
    const released = new AbortController();
    const hold: Hold = { hook: hook.name, instanceId, limitSeconds: hook.heartbeatSeconds, released };
    this.#holds.add(hold);
    this.#notices.notify({ hook: hook.name, instanceId });
    const ending = AbortSignal.any([signal, released.signal]);
    let heldSeconds = 0;
    while (!ending.aborted && heldSeconds < hold.limitSeconds) {
      const leftSeconds = hold.limitSeconds - heldSeconds;
      await this.#clock.sleep(leftSeconds, ending).catch(() => undefined);
      heldSeconds += leftSeconds;
    }
    this.#holds.delete(hold);
    signal.throwIfAborted();
  }

  #find({ hook, instanceId }: HeldInstance): Hold | undefined {
    return [...this.#holds].find((hold) => hold.hook === hook && hold.instanceId === instanceId);
  }
}
