import { UserError } from "../../components/core/user-error";
import type { TrafficProgress } from "./types";

/** The machine keeps up with a rate while no request is begun later than this. */
export const LATE_LIMIT_MS = 1_000;
/** Reports in which the machine may fall behind before it counts as too busy: they come twice a second, or later on a busy machine. */
const MOST_LATE_REPORTS = 40;
/** Every rehearsal needs that many requests a second: one for each class of clients. */
const LEAST_RATE = 3;

/** Tells from the traffic's reports whether this machine keeps up with a rate. */
export class RateCheck {
  readonly #ratePerSecond: number;
  readonly #now: () => number;
  #first: { answered: number; atMs: number } | null = null;
  #lateReports = 0;
  #lateMs = 0;

  /** @param ratePerSecond requests a second in all @param now Unix milliseconds */
  constructor(ratePerSecond: number, now: () => number = Date.now) {
    this.#ratePerSecond = ratePerSecond;
    this.#now = now;
  }

  /**
   * Whether the open loop was on time in the newest report.
   * @throws UserError that names a rate to try, once it was late in too many reports
   */
  isSteady({ ok, failed, lateMs }: TrafficProgress): boolean {
    if (lateMs <= LATE_LIMIT_MS) return true;
    this.#first ??= { answered: ok + failed, atMs: this.#now() };
    this.#lateReports += 1;
    this.#lateMs = Math.max(this.#lateMs, lateMs);
    if (this.#lateReports < MOST_LATE_REPORTS) return false;
    const seconds = (this.#now() - this.#first.atMs) / 1000;
    throw tooBusy(this.#ratePerSecond, this.#lateMs, (ok + failed - this.#first.answered) / seconds);
  }
}

/** @param answeredPerSecond what the machine could carry; half of it is a rate to try */
function tooBusy(ratePerSecond: number, lateMs: number, answeredPerSecond: number): UserError {
  return new UserError(
    `this machine is too busy for RATE=${ratePerSecond}: requests left up to ${(lateMs / 1000).toFixed(1)} s late, and ${Math.round(answeredPerSecond)} a second were answered; try RATE=${rateToTry(answeredPerSecond)}`,
    { exitCode: 1 },
  );
}

/** Half of what the machine could carry, rounded down to its first digit. */
function rateToTry(answeredPerSecond: number): number {
  const half = answeredPerSecond / 2;
  if (half < LEAST_RATE) return LEAST_RATE;
  const unit = 10 ** Math.floor(Math.log10(half));
  return Math.floor(half / unit) * unit;
}
