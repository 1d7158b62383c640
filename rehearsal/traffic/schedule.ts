import type { RequestPlan } from "./in-flight-request";
import { Turns } from "./turns";
import type { TrafficStream } from "./types";

export interface ScheduledRequest {
  plan: RequestPlan;
  /** Which of the stream's clients sends it. */
  client: number;
}

/**
 * Milliseconds in which the rate rises from 0 to what was asked for. At the full rate at once, the first handshakes of all
 * clients would meet in a process that is not compiled yet, and spoil the first second for everything on the machine.
 */
export const RAMP_UP_MS = 2_000;

/**
 * When which request is due: at a constant rate after the ramp-up, the streams in turn as their rates are, their clients in turn,
 * and GETs and POSTs in turn for each client.
 */
export class Schedule {
  readonly #streams: readonly TrafficStream[];
  readonly #ratePerSecond: number;
  readonly #turns: Turns;
  /** Requests so far, by stream. */
  readonly #counts: number[];
  readonly #startMs: number;
  readonly #idPrefix: string;
  #index = 0;

  /** `startMs` is in Unix milliseconds. */
  constructor({ streams, seed }: { streams: readonly TrafficStream[]; seed: number }, startMs: number) {
    this.#streams = streams;
    this.#turns = new Turns(streams.map(({ ratePerSecond }) => ratePerSecond));
    this.#counts = streams.map(() => 0);
    this.#ratePerSecond = streams.reduce((sum, { ratePerSecond }) => sum + ratePerSecond, 0);
    this.#startMs = startMs;
    // The start makes ids unique over several runs against the same services.
    this.#idPrefix = `r${seed}-${Math.floor(startMs).toString(36)}`;
  }

  /** Requests that were taken so far. */
  get taken(): number {
    return this.#index;
  }

  /** When the next request is due, Unix milliseconds. */
  get nextDueMs(): number {
    const atFullRateMs = (this.#index * 1000) / this.#ratePerSecond;
    // While the rate rises evenly, their number grows with the square of the time: half as many as at the full rate.
    const isRampUp = atFullRateMs < RAMP_UP_MS / 2;
    const sinceStartMs = isRampUp ? Math.sqrt(2 * RAMP_UP_MS * atFullRateMs) : atFullRateMs + RAMP_UP_MS / 2;
    return this.#startMs + sinceStartMs;
  }

  next(): ScheduledRequest {
    const turn = this.#turns.next();
    const stream = this.#streams[turn]!;
    const inStream = this.#counts[turn]!++;
    const client = inStream % stream.clients;
    const round = Math.floor(inStream / stream.clients);
    const isPost = stream.postEvery > 0 && (round + client) % stream.postEvery === stream.postEvery - 1;
    const postId = isPost ? `${this.#idPrefix}-${this.#index}` : "";
    const plan: RequestPlan = { atMs: this.nextDueMs, stream, method: isPost ? "POST" : "GET", postId };
    this.#index += 1;
    return { plan, client };
  }
}
