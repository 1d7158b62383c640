import { nowMs } from "./clock";
import { RequestFailure } from "./failure";
import { InFlightRequest, type RequestEnd } from "./in-flight-request";
import type { Schedule, ScheduledRequest } from "./schedule";
import { isSlow, type RequestSample, type StreamName } from "./types";

export interface OpenLoopParts {
  schedule: Schedule;
  /** Real milliseconds from the scheduled instant after which a request has failed, if its answer lasts no longer. */
  timeoutMs: number;
  /** Gives the request to a client. It must not wait. */
  begin: (request: InFlightRequest, client: number) => void;
  ended: (sample: RequestSample) => void;
}

/**
 * Begins requests by the clock, whatever became of the earlier ones. When the service (or this process) stalls, the
 * rate holds, and the stall shows in the latency of every request that was due meanwhile: there is no coordinated
 * omission.
 */
export class OpenLoop {
  readonly #parts: OpenLoopParts;
  /** By stream, each in the order of the schedule and therefore of the timeouts. */
  readonly #inFlight = new Map<StreamName, Set<InFlightRequest>>();
  #timer: NodeJS.Timeout | null = null;
  #lateMs = 0;
  #stopped: (() => void) | null = null;

  constructor(parts: OpenLoopParts) {
    this.#parts = parts;
  }

  get begun(): number {
    return this.#parts.schedule.taken;
  }

  /**
   * Milliseconds since the instant at which the oldest request in flight was due, without those that take long by
   * themselves; 0 if none is.
   */
  get oldestMs(): number {
    const oldest = [...this.#inFlight].flatMap(([stream, [first]]) => (first && !isSlow(stream) ? [first] : []));
    return Math.max(0, ...oldest.map(({ plan }) => nowMs() - plan.atMs));
  }

  /** Tells whether a request is in flight that was due before an instant. */
  hasInFlight(beforeMs: number): boolean {
    return [...this.#inFlight.values()].some(([first]) => first !== undefined && first.plan.atMs < beforeMs);
  }

  /** Milliseconds by which a request was begun too late, at most since the last call: this process got no processor. */
  takeLateMs(): number {
    const late = this.#lateMs;
    this.#lateMs = 0;
    return late;
  }

  start(): void {
    this.#tick();
  }

  /** Begins nothing more. Resolves when the last request has ended, or run into its timeout. */
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
    if (!this.#stopped) this.#lateMs = Math.max(this.#lateMs, now - schedule.nextDueMs);
    while (!this.#stopped && schedule.nextDueMs <= now) this.#begin(schedule.next(), now);
    if (this.#stopped && this.#isIdle) return;
    const untilNextMs = this.#stopped ? 10 : schedule.nextDueMs - nowMs();
    // At most 50 ms, so that timeouts are noticed at low rates, too.
    this.#timer = setTimeout(this.#tick, Math.min(Math.max(untilNextMs, 1), 50));
  };

  #begin({ plan, client }: ScheduledRequest, now: number): void {
    const request = new InFlightRequest(plan, this.#end);
    const { name } = plan.stream;
    const inFlight = this.#inFlight.get(name) ?? new Set();
    this.#inFlight.set(name, inFlight.add(request));
    if (this.#isOverdue(request, now)) request.failed(new RequestFailure("timeout"));
    else this.#parts.begin(request, client);
  }

  #end = (request: InFlightRequest, end: RequestEnd): void => {
    this.#inFlight.get(request.plan.stream.name)?.delete(request);
    const latencyMs = Math.round((nowMs() - request.plan.atMs) * 1000) / 1000;
    const { atMs, stream, method, postId } = request.plan;
    this.#parts.ended({ kind: "request", atMs, stream: stream.name, method, postId, ...end, latencyMs });
    this.#resolveIfStopped();
  };

  /**
   * Ends overdue requests: first all of them fail, then they free what they hold. Otherwise each would hand its
   * connection on to another overdue request, and after a stall the process would open and close connections until it
   * is late again.
   */
  #endOverdue(now: number): void {
    const overdue: InFlightRequest[] = [];
    for (const inFlight of this.#inFlight.values()) {
      for (const request of inFlight) {
        if (!this.#isOverdue(request, now)) break;
        overdue.push(request);
        request.failed(new RequestFailure("timeout"));
      }
    }
    for (const request of overdue) request.abandon();
  }

  #isOverdue({ plan }: InFlightRequest, now: number): boolean {
    return plan.atMs + plan.stream.lastsMs + this.#parts.timeoutMs <= now;
  }

  get #isIdle(): boolean {
    return [...this.#inFlight.values()].every(({ size }) => size === 0);
  }

  #resolveIfStopped(): void {
    if (!this.#stopped || !this.#isIdle) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#stopped();
  }
}
