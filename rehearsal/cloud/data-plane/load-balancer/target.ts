import { TargetConnections } from "./target-connections";
import { type Health, REGISTERING } from "./target-health";
import type { TargetConfig } from "./types";

/** A request or WebSocket that the target has not finished. */
export interface Flight {
  /** Ends it at once: 502 if the client has no answer yet, else the connection is cut. */
  cut(): void;
}

/** One registered target: where it is, how it is, and what it is doing. */
export class Target {
  health: Health = REGISTERING;
  /** Whether the health has been told to the control plane. */
  told = false;
  #connections: TargetConnections;
  /** Of failures, in answers: at 1 the next is due. */
  #due = 0;
  readonly #flights = new Set<Flight>();
  #deregistration: NodeJS.Timeout | undefined;

  /** @param onDrained called when the last flight of a draining target has ended, also when there was none */
  constructor(
    public config: TargetConfig,
    private readonly limits: { idleMs: number; connectMs: number },
    private readonly onDrained: () => void,
  ) {
    this.#connections = new TargetConnections(limits.idleMs, limits.connectMs);
  }

  get agent(): TargetConnections {
    return this.#connections;
  }

  /** Follows a new place of the task; requests in flight stay where they are. */
  update(config: TargetConfig, limits: { idleMs: number; connectMs: number }): void {
    const moved =
      config.endpoint?.address !== this.config.endpoint?.address ||
      config.endpoint?.port !== this.config.endpoint?.port;
    const changed = limits.idleMs !== this.limits.idleMs;
    this.config = config;
    Object.assign(this.limits, limits);
    if (!moved && !changed) return;
    this.#connections.closeIdle();
    if (changed) this.#connections = new TargetConnections(limits.idleMs, limits.connectMs);
  }

  /** The status of the next answer, given what the task has answered. */
  statusFor(answered: number): number {
    const failure = this.config.endpoint?.failure;
    if (!failure) return answered;
    this.#due += failure.share;
    // Sums of shares such as 0.05 fall short of 1 by a little.
    if (this.#due < 1 - 1e-9) return answered;
    this.#due -= 1;
    return failure.status;
  }

  takeOff(flight: Flight): void {
    this.#flights.add(flight);
  }

  land(flight: Flight): void {
    if (!this.#flights.delete(flight)) return;
    if (this.#deregistration && this.#flights.size === 0) this.onDrained();
  }

  /** New requests have stopped; what still flies at the end of the delay is cut (aws-rules E37). */
  drain(delayMs: number): void {
    this.#deregistration = setTimeout(() => this.#cut(), delayMs);
    if (this.#flights.size === 0) this.onDrained();
  }

  /** Registered again while draining. */
  stopDraining(): void {
    clearTimeout(this.#deregistration);
    this.#deregistration = undefined;
  }

  /** Gone: nothing of it is left. */
  remove(): void {
    this.#cut();
    this.retire();
  }

  /** Nobody sends it anything any more; what is in flight may end. */
  retire(): void {
    this.stopDraining();
    this.#connections.closeIdle();
  }

  #cut(): void {
    for (const flight of [...this.#flights]) flight.cut();
  }
}
