import type { IncomingMessage } from "node:http";
import { type KeepAliveReports, KeepAliveWatch, PROBE_LONGER_MS } from "./keep-alive-watch";
import { type ConnectionTimes, TargetConnections } from "./target-connections";
import { type Health, REGISTERING } from "./target-health";
import { TargetSessions } from "./target-sessions";
import type { Outcome } from "./traffic-counts";
import type { GatewayTimeout, ProtocolVersion, TargetConfig } from "./types";

/** A request or WebSocket that has not ended. */
export interface InFlightRequest {
  /** Ends it at once: with 502 if the response has not begun, else by closing the connection. */
  abort(): void;
}

export interface TargetEvents extends KeepAliveReports {
  /** A draining target gets no request any more and has none in flight. */
  drained(): void;
  /** A request is answered with 504. */
  gatewayTimeout(found: Omit<GatewayTimeout, "targetGroupArn" | "targetId">): void;
}

/** One registered target: its configuration, health, connections and requests in flight. */
export class Target {
  health: Health = REGISTERING;
  /** Whether the health has been reported to the control plane. */
  isReported = false;
  #watch: KeepAliveWatch;
  #connections: TargetConnections;
  /** Leaves one connection idle, which no request of a client may use. */
  #probe: TargetConnections;
  /** The connections to a target in a group with HTTP/2. */
  readonly sessions: TargetSessions;
  /** Sum of the failure shares of the responses so far; at 1 the next response fails. */
  #failuresOwed = 0;
  readonly #inFlight = new Set<InFlightRequest>();
  #deregistration: NodeJS.Timeout | undefined;
  /** True once no node sends to the draining target any more. */
  #isLeft = false;

  constructor(
    public config: TargetConfig,
    readonly times: ConnectionTimes,
    private readonly events: TargetEvents,
    readonly protocolVersion: ProtocolVersion,
  ) {
    this.sessions = new TargetSessions(times);
    this.#watch = this.#newWatch();
    this.#connections = this.#newConnections();
    this.#probe = this.#newProbe();
  }

  get agent(): TargetConnections {
    return this.#connections;
  }

  /** Applies a new endpoint of the task and new limits. Requests in flight stay with the old endpoint. */
  update(config: TargetConfig, times: ConnectionTimes): void {
    const moved =
      config.endpoint?.address !== this.config.endpoint?.address ||
      config.endpoint?.port !== this.config.endpoint?.port;
    const changed = times.keepAliveMs !== this.times.keepAliveMs;
    this.config = config;
    Object.assign(this.times, times);
    if (!moved && !changed) return;
    this.#closeIdle();
    this.#watch = this.#newWatch();
    this.#probe = this.#newProbe();
    if (changed) this.#connections = this.#newConnections();
  }

  /** Reads the target's `Keep-Alive` header, which the load balancer does not honour (aws-rules E34). */
  readKeepAlive(header: string | string[] | undefined): void {
    this.#watch.readHeader(header);
  }

  /** @param path of the health check that the target has passed */
  passedCheck(path: string): void {
    // Only HTTP/1.1 has the race that the watch looks for.
    if (!this.config.draining && this.protocolVersion === "HTTP1")
      this.#watch.passedCheck(this.config, path, this.#probe);
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

  /** @param sinceMs when the request was sent to the target, in milliseconds of `performance.now()` */
  timedOut(from: Outcome["from"], { method = "", url = "" }: IncomingMessage, sinceMs: number): void {
    const missing = from === "noConnection" ? "connection" : "response";
    const waitedSeconds = (performance.now() - sinceMs) / 1000;
    this.events.gatewayTimeout({ missing, method, path: url.split("?", 1)[0]!, waitedSeconds });
  }

  begin(request: InFlightRequest): void {
    this.#inFlight.add(request);
  }

  end(request: InFlightRequest): void {
    if (!this.#inFlight.delete(request)) return;
    this.#reportIfDrained();
  }

  /**
   * Called when the target is deregistered. Requests still in flight after the delay are aborted (aws-rules E37).
   * @param left resolves when no node sends to the target any more
   */
  drain(delayMs: number, left: Promise<void>): void {
    const deregistration = setTimeout(() => this.#abortInFlight(), delayMs);
    this.#deregistration = deregistration;
    this.#isLeft = false;
    void left.then(() => {
      if (this.#deregistration !== deregistration) return;
      this.#isLeft = true;
      this.#reportIfDrained();
    });
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
    this.#closeIdle();
  }

  #reportIfDrained(): void {
    if (this.#deregistration && this.#isLeft && this.#inFlight.size === 0) this.events.drained();
  }

  #closeIdle(): void {
    this.#connections.closeIdle();
    this.#probe.closeIdle();
    this.sessions.close();
  }

  #newWatch(): KeepAliveWatch {
    return new KeepAliveWatch(this.times.keepAliveMs / 1000, this.events);
  }

  /** What is closed belongs to the task that runs at that moment: a watch of an earlier one reports nothing more. */
  #newConnections(): TargetConnections {
    return new TargetConnections(this.times, {
      closedByTarget: (idleSeconds) => this.#watch.closedByTarget(idleSeconds),
    });
  }

  /** It tells the watch that it was made for, so that what an earlier task kept is not said of the next. */
  #newProbe(): TargetConnections {
    const watch = this.#watch;
    const events = {
      closedByTarget: (idleSeconds: number) => watch.closedByTarget(idleSeconds),
      left: () => watch.leftIdle(),
      kept: () => watch.keptIdle(),
    };
    return new TargetConnections(this.times, events, PROBE_LONGER_MS);
  }

  #abortInFlight(): void {
    for (const request of [...this.#inFlight]) request.abort();
  }
}
