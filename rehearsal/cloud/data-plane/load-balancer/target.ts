import { TargetConnections } from "./target-connections";
import { type Health, REGISTERING } from "./target-health";
import type { TargetConfig } from "./types";

/** A request or WebSocket that has not ended. */
export interface InFlightRequest {
  /** Ends it at once: with 502 if the response has not begun, else by closing the connection. */
  abort(): void;
}

/** One registered target: its configuration, health, connections and requests in flight. */
export class Target {
  health: Health = REGISTERING;
  /** Whether the health has been reported to the control plane. */
  isReported = false;
  #connections: TargetConnections;
  /** Sum of the failure shares of the responses so far; at 1 the next response fails. */
  #failuresOwed = 0;
  readonly #inFlight = new Set<InFlightRequest>();
  #deregistration: NodeJS.Timeout | undefined;

  /** @param onDrained called when a draining target has no request in flight any more, or has none at the start */
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

  /** Applies a new endpoint of the task and new limits. Requests in flight stay with the old endpoint. */
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

  /** Returns the status of the next response, given the status of the task's response. */
  statusFor(answered: number): number {
    const failure = this.config.endpoint?.failure;
    if (!failure) return answered;
    this.#failuresOwed += failure.share;
    // Sums of shares such as 0.05 are slightly less than 1.
    if (this.#failuresOwed < 1 - 1e-9) return answered;
    this.#failuresOwed -= 1;
    return failure.status;
  }

  begin(request: InFlightRequest): void {
    this.#inFlight.add(request);
  }

  end(request: InFlightRequest): void {
    if (!this.#inFlight.delete(request)) return;
    if (this.#deregistration && this.#inFlight.size === 0) this.onDrained();
  }

  /**
   * Called when the target gets no new request. Requests still in flight after the delay are aborted (aws-rules E37).
   */
  drain(delayMs: number): void {
    this.#deregistration = setTimeout(() => this.#abortInFlight(), delayMs);
    if (this.#inFlight.size === 0) this.onDrained();
  }

  /** Called when the target is registered again while it drains. */
  stopDraining(): void {
    clearTimeout(this.#deregistration);
    this.#deregistration = undefined;
  }

  /** Aborts the requests in flight and closes the connections. */
  remove(): void {
    this.#abortInFlight();
    this.retire();
  }

  /** Closes the idle connections. Requests in flight may end. */
  retire(): void {
    this.stopDraining();
    this.#connections.closeIdle();
  }

  #abortInFlight(): void {
    for (const request of [...this.#inFlight]) request.abort();
  }
}
