import { nowMs } from "./clock";
import { RequestFailure } from "./failure";
import { InFlightRequest, type RequestEnd } from "./in-flight-request";
import type { Schedule, ScheduledRequest } from "./schedule";
import type { RequestSample } from "./types";

export interface OpenLoopParts {
  schedule: Schedule;
  /** Real milliseconds from the scheduled instant after which a request has failed. */
  timeoutMs: number;
  /** Gives the flight to a client. Must not wait. */
  launch: (flight: InFlightRequest, client: number) => void;
  landed: (sample: RequestSample) => void;
}

/**
 * Launches requests by the clock, whatever became of those before: when the service (or this process) stalls, the rate
 * holds and the stall shows in the latency of every request that was due meanwhile. No coordinated omission.
 */
export class OpenLoop {
  readonly #parts: OpenLoopParts;
  /** In the order of the schedule, hence of the timeouts. */
  readonly #inFlight = new Set<InFlightRequest>();
  #timer: NodeJS.Timeout | null = null;
  #stopped: (() => void) | null = null;

  constructor(parts: OpenLoopParts) {
    this.#parts = parts;
  }

  get launched(): number {
    return this.#parts.schedule.taken;
  }

  start(): void {
    this.#tick();
  }

  /** Launches nothing more. Resolves when the last request has ended, at most `timeoutMs` later. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#stopped = resolve;
      this.#resolveIfStopped();
    });
  }

  #tick = (): void => {
    const now = nowMs();
    this.#endOverdue(now);
    const { schedule } = this.#parts;
    while (!this.#stopped && schedule.nextDueMs <= now) this.#launch(schedule.next(), now);
    if (this.#stopped && this.#inFlight.size === 0) return;
    const untilNextMs = this.#stopped ? 10 : schedule.nextDueMs - nowMs();
    // Never later than this, so that timeouts are noticed at low rates, too.
    this.#timer = setTimeout(this.#tick, Math.min(Math.max(untilNextMs, 1), 50));
  };

  #launch({ plan, client }: ScheduledRequest, now: number): void {
    const flight = new InFlightRequest(plan, this.#landed);
    this.#inFlight.add(flight);
    if (this.#isOverdue(flight, now)) flight.failed(new RequestFailure("timeout"));
    else this.#parts.launch(flight, client);
  }

  #landed = (flight: InFlightRequest, end: RequestEnd): void => {
    this.#inFlight.delete(flight);
    const latencyMs = Math.round((nowMs() - flight.plan.atMs) * 1000) / 1000;
    const { atMs, stream, method, postId } = flight.plan;
    this.#parts.landed({ kind: "request", atMs, stream: stream.name, method, postId, ...end, latencyMs });
    this.#resolveIfStopped();
  };

  /**
   * First all of them fail, then they free what they hold: else each would hand its connection on to one that is overdue as well, and after a
   * stall the process would be busy opening and closing connections until it is overdue again.
   */
  #endOverdue(now: number): void {
    const overdue: InFlightRequest[] = [];
    for (const flight of this.#inFlight) {
      if (!this.#isOverdue(flight, now)) break;
      overdue.push(flight);
      flight.failed(new RequestFailure("timeout"));
    }
    for (const flight of overdue) flight.abandon();
  }

  #isOverdue({ plan }: InFlightRequest, now: number): boolean {
    return plan.atMs + this.#parts.timeoutMs <= now;
  }

  #resolveIfStopped(): void {
    if (!this.#stopped || this.#inFlight.size > 0) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#stopped();
  }
}
