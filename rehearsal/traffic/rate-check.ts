import { UserError } from "../../components/core/user-error";
import { roundDown } from "./machine-load";
import type { LateStart, TrafficProgress } from "./types";

/** Requests that pile up while processes are still compiled have been answered when none waits for so long. */
const SETTLED_LIMIT_MS = 250;
/** A free machine begins requests within a few milliseconds of the instant at which they are due. */
const LATE_LIMIT_MS = 100;
/** Requests pile up when the oldest one waits for so long: a client gives up after 10 s. */
const BACKLOG_LIMIT_MS = 2_000;
/**
 * Reports, half a second apart or more, after which a machine that is behind counts as too busy, and any other as
 * steady: the first handshakes of all clients take a while.
 */
const MOST_REPORTS = 20;
/** Every rehearsal needs that many requests a second: one for each class of clients. */
const LEAST_RATE = 3;

/**
 * Whether this machine is behind the rate: requests pile up, and the open loop itself does not get the processor in
 * time. A slow service alone does not make the open loop late.
 */
export function isBehind({ lateMs, oldestMs }: Pick<TrafficProgress, "lateMs" | "oldestMs">): boolean {
  return lateMs > LATE_LIMIT_MS && oldestMs > BACKLOG_LIMIT_MS;
}

/** Tells from the traffic's reports how far this machine was behind while the oldest request waited. */
export class MachineLateness {
  /** Every report so far, oldest first. */
  readonly lateStarts: LateStart[] = [];

  constructor(private readonly now: () => number = Date.now) {}

  /** Returns the report with the most that the open loop was late since its oldest request was due. */
  overLifeOfOldest(progress: TrafficProgress): TrafficProgress {
    const atMs = this.now();
    this.lateStarts.push({ atMs, lateMs: progress.lateMs });
    return { ...progress, lateMs: mostLateMs(this.lateStarts, atMs - progress.oldestMs, atMs) };
  }
}

/** Returns by how many milliseconds requests began late, at most, by the reports between two instants; 0 without any. */
export function mostLateMs(lateStarts: readonly LateStart[], fromMs: number, toMs: number): number {
  const first = lateStarts.findLastIndex(({ atMs }) => atMs < fromMs) + 1;
  const within = lateStarts.slice(first).filter(({ atMs }) => atMs <= toMs);
  return Math.max(0, ...within.map(({ lateMs }) => lateMs));
}

/** Tells from the traffic's reports whether this machine keeps up with a rate. */
export class RateCheck {
  readonly #ratePerSecond: number;
  readonly #now: () => number;
  #first: { ok: number; atMs: number } | null = null;
  #reports = 0;

  /** @param ratePerSecond requests a second in all @param now Unix milliseconds */
  constructor(ratePerSecond: number, now: () => number = Date.now) {
    this.#ratePerSecond = ratePerSecond;
    this.#now = now;
  }

  /**
   * Whether the machine keeps up in the newest report, and has answered what piled up at the start. After ten seconds
   * it need only keep up: a slow service makes requests wait, too.
   * @throws UserError that names a rate to try, once it was behind for so long
   */
  isSteady(progress: TrafficProgress): boolean {
    if (progress.oldestMs <= SETTLED_LIMIT_MS) return true;
    this.#first ??= { ok: progress.ok, atMs: this.#now() };
    this.#reports += 1;
    if (this.#reports < MOST_REPORTS) return false;
    if (!isBehind(progress)) return true;
    const seconds = (this.#now() - this.#first.atMs) / 1000;
    throw tooBusy(this.#ratePerSecond, progress, (progress.ok - this.#first.ok) / seconds);
  }
}

/** @param answeredPerSecond what the machine could carry; half of it is a rate to try */
export function tooBusy(ratePerSecond: number, progress: TrafficProgress, answeredPerSecond: number): UserError {
  return new UserError(
    `this machine is too busy for RATE=${ratePerSecond}: ${behindInWords(progress)}, and ${Math.round(answeredPerSecond)} a second were answered; try RATE=${rateToTry(answeredPerSecond)}`,
    { exitCode: 1 },
  );
}

/** How far this machine is behind, such as "requests wait up to 9.8 s, the open loop runs 0.6 s late". */
export function behindInWords({ lateMs, oldestMs }: TrafficProgress): string {
  return `requests wait up to ${(oldestMs / 1000).toFixed(1)} s, the open loop runs ${(lateMs / 1000).toFixed(1)} s late`;
}

/** Half of what the machine could carry, rounded down to its first digit. */
function rateToTry(answeredPerSecond: number): number {
  const half = answeredPerSecond / 2;
  return half < LEAST_RATE ? LEAST_RATE : roundDown(half);
}
