import type { FlightPlan } from "./flight";
import { CLIENT_CLASSES, type TrafficSettings } from "./types";

export interface ScheduledRequest {
  plan: FlightPlan;
  /** Which of the class's clients sends it. */
  client: number;
}

/**
 * Milliseconds in which the rate rises from 0 to what was asked for. At the full rate at once, the first handshakes of all
 * clients would meet in a process that is not compiled yet, and spoil the first second for everything on the machine.
 */
export const RAMP_UP_MS = 2_000;

/**
 * When which request is due: at a constant rate after the ramp-up, the classes in turn, their clients in turn, and a GET and
 * a POST in turn for each client.
 */
export class Schedule {
  readonly #settings: Pick<TrafficSettings, "ratePerSecond" | "clientsPerClass">;
  readonly #startMs: number;
  readonly #idPrefix: string;

  constructor(settings: Pick<TrafficSettings, "ratePerSecond" | "clientsPerClass" | "seed">, startMs: number) {
    this.#settings = settings;
    this.#startMs = startMs;
    // The start makes ids unique over several runs against the same services.
    this.#idPrefix = `r${settings.seed}-${Math.floor(startMs).toString(36)}`;
  }

  /** Unix milliseconds; `index` counts from 0. */
  dueMs(index: number): number {
    const atFullRateMs = (index * 1000) / this.#settings.ratePerSecond;
    // While the rate rises evenly, their number grows with the square of the time: half as many as at the full rate.
    const isRampUp = atFullRateMs < RAMP_UP_MS / 2;
    const sinceStartMs = isRampUp ? Math.sqrt(2 * RAMP_UP_MS * atFullRateMs) : atFullRateMs + RAMP_UP_MS / 2;
    return this.#startMs + sinceStartMs;
  }

  request(index: number): ScheduledRequest {
    const inClass = Math.floor(index / CLIENT_CLASSES.length);
    const client = inClass % this.#settings.clientsPerClass;
    const round = Math.floor(inClass / this.#settings.clientsPerClass);
    const isPost = (round + client) % 2 === 1;
    const plan: FlightPlan = {
      atMs: this.dueMs(index),
      clientClass: CLIENT_CLASSES[index % CLIENT_CLASSES.length]!,
      method: isPost ? "POST" : "GET",
      postId: isPost ? `${this.#idPrefix}-${index}` : "",
    };
    return { plan, client };
  }
}
