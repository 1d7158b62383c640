import type { RequestPlan } from "./in-flight-request";
import type { TrafficStream } from "./types";

export interface ScheduledRequest {
  plan: RequestPlan;
  /** The number of the stream's client that sends it. */
  client: number;
}

/**
 * Milliseconds in which the rate rises from 0 to the full one. At the full rate from the start, the first handshakes
 * of all clients would meet processes that are not compiled yet, which cost several times as much for each request.
 */
export const RAMP_UP_MS = 6_000;

/**
 * Tells which request is due when: at a constant rate after the ramp-up; streams take turns by their rates, their
 * clients take turns, and so do GETs and POSTs for each client.
 */
export class Schedule {
  readonly #streams: readonly TrafficStream[];
  #ratePerSecond: number;
  readonly #turns: RoundRobin;
  /** The number of requests so far, by stream. */
  readonly #counts: number[];
  readonly #startMs: number;
  readonly #idPrefix: string;
  #index = 0;
  /** The request from which on the rate is the one of the last change, and when it is due. */
  #changed: { index: number; atMs: number } | null = null;

  /** @param startMs Unix milliseconds */
  constructor({ streams, seed }: { streams: readonly TrafficStream[]; seed: number }, startMs: number) {
    this.#streams = streams;
    this.#turns = new RoundRobin(streams.map(({ ratePerSecond }) => ratePerSecond));
    this.#counts = streams.map(() => 0);
    this.#ratePerSecond = streams.reduce((sum, { ratePerSecond }) => sum + ratePerSecond, 0);
    this.#startMs = startMs;
    // The start makes ids unique over several runs against the same services.
    this.#idPrefix = `r${seed}-${Math.floor(startMs).toString(36)}`;
  }

  /** The number of requests that were taken so far. */
  get taken(): number {
    return this.#index;
  }

  /** The Unix milliseconds at which the next request is due; infinite without streams. */
  get nextDueMs(): number {
    if (this.#streams.length === 0) return Number.POSITIVE_INFINITY;
    if (this.#changed) {
      const { index, atMs } = this.#changed;
      return atMs + ((this.#index - index) * 1000) / this.#ratePerSecond;
    }
    const atFullRateMs = (this.#index * 1000) / this.#ratePerSecond;
    // While the rate rises evenly, the number of requests grows with the square of the time: half as many as at the
    // full rate.
    const isRampUp = atFullRateMs < RAMP_UP_MS / 2;
    const sinceStartMs = isRampUp ? Math.sqrt(2 * RAMP_UP_MS * atFullRateMs) : atFullRateMs + RAMP_UP_MS / 2;
    return this.#startMs + sinceStartMs;
  }

  /** Keeps the instant of the next request, and ends the ramp-up. @param factor so many times the rate so far */
  changeRate(factor: number): void {
    this.#changed = { index: this.#index, atMs: this.nextDueMs };
    this.#ratePerSecond *= factor;
  }

  next(): ScheduledRequest {
    const turn = this.#turns.next();
    const stream = this.#streams[turn]!;
    const inStream = this.#counts[turn]!++;
    const client = inStream % stream.clients;
    const round = Math.floor(inStream / stream.clients);
    const isPost = stream.postEvery > 0 && (round + client) % stream.postEvery === stream.postEvery - 1;
    const postId = isPost ? `${this.#idPrefix}-${this.#index}` : "";
    const paths = [undefined, ...(stream.probePaths ?? [])];
    const probePath = paths[(round + client) % paths.length];
    const plan: RequestPlan = {
      ...{ atMs: this.nextDueMs, stream, method: isPost ? "POST" : "GET", postId },
      ...(probePath === undefined ? {} : { probePath }),
    };
    this.#index += 1;
    return { plan, client };
  }
}

/**
 * Smooth weighted round robin: each index gets the share of the turns that its weight has of all, spread as evenly as
 * possible. Equal weights take turns in their order.
 */
export class RoundRobin {
  readonly #weights: readonly number[];
  readonly #total: number;
  readonly #credits: number[];

  constructor(weights: readonly number[]) {
    this.#weights = weights;
    this.#total = weights.reduce((sum, weight) => sum + weight, 0);
    this.#credits = weights.map(() => 0);
  }

  next(): number {
    let chosen = 0;
    for (const [index, weight] of this.#weights.entries()) {
      this.#credits[index]! += weight;
      if (this.#credits[index]! > this.#credits[chosen]!) chosen = index;
    }
    this.#credits[chosen]! -= this.#total;
    return chosen;
  }
}
