import { setTimeout as delay } from "node:timers/promises";
import type { CloudClock } from "../../../kernel/clock";
import { Subscribers } from "../../../kernel/subscribers";

/** The longest that anybody can hold an instance by recording heartbeats (aws-rules A11). AWS seconds. */
const LONGEST_HOLD_SECONDS = 48 * 3600;

/** A lifecycle hook for instances that leave; its default result is CONTINUE. */
export interface TerminationHook {
  name: string;
  /** AWS seconds until the instance goes on when nobody answers. */
  heartbeatSeconds: number;
}

/** An instance held by a hook. */
export interface HeldInstance {
  hook: string;
  instanceId: string;
}

interface Hold extends HeldInstance {
  sinceMs: number;
  untilMs: number;
  released: AbortController;
}

/** What keeps the leaving instances of one group in `Terminating:Wait`: both results end in termination, so a hook is only a delay. */
export class TerminationHooks {
  readonly #clock: CloudClock;
  readonly #hooks = new Map<string, TerminationHook>();
  readonly #holds = new Set<Hold>();
  readonly #notices = new Subscribers<HeldInstance>();

  constructor(clock: CloudClock) {
    this.#clock = clock;
  }

  get all(): TerminationHook[] {
    return [...this.#hooks.values()];
  }

  /** Adds a hook, or changes the one of that name. */
  put(hook: TerminationHook): void {
    this.#hooks.set(hook.name, hook);
  }

  /** The instances that it holds go on. */
  remove(name: string): void {
    this.#hooks.delete(name);
    for (const hold of this.#holds) if (hold.hook === name) hold.released.abort();
  }

  /** Called when an instance begins to wait. Returns the unsubscribe function. */
  onHold(listener: (held: HeldInstance) => void): () => void {
    return this.#notices.add(listener);
  }

  /** Resolves when every hook has let the instance go: completed, or its heartbeat is over. Rejects when the signal is aborted. */
  async pass(instanceId: string, signal: AbortSignal): Promise<void> {
    await Promise.all(this.all.map((hook) => this.#hold(hook, instanceId, signal)));
  }

  /** Somebody records heartbeats from now on. */
  keepAlive(held: HeldInstance): void {
    const hold = this.#find(held);
    if (hold) hold.untilMs = hold.sinceMs + this.#clock.realMs(LONGEST_HOLD_SECONDS);
  }

  /** Nothing happens if the instance does not wait for it any more. */
  complete(held: HeldInstance): void {
    this.#find(held)?.released.abort();
  }

  async #hold(hook: TerminationHook, instanceId: string, signal: AbortSignal): Promise<void> {
    const sinceMs = Date.now();
    const untilMs = sinceMs + this.#clock.realMs(hook.heartbeatSeconds);
    const hold: Hold = { hook: hook.name, instanceId, sinceMs, untilMs, released: new AbortController() };
    this.#holds.add(hold);
    this.#notices.notify({ hook: hook.name, instanceId });
    const ending = AbortSignal.any([signal, hold.released.signal]);
    while (!ending.aborted && Date.now() < hold.untilMs) {
      await delay(hold.untilMs - Date.now(), undefined, { signal: ending }).catch(() => undefined);
    }
    this.#holds.delete(hold);
    signal.throwIfAborted();
  }

  #find({ hook, instanceId }: HeldInstance): Hold | undefined {
    return [...this.#holds].find((hold) => hold.hook === hook && hold.instanceId === instanceId);
  }
}
