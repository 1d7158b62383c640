import type { AnalysedTraffic, Compare, ObservedAlarm, Rates, TrafficPeriod } from "../../ports/observer";
import { newestWith } from "./periods";
import { leastRatesOf, milliseconds, percent, ratesOf } from "./rates";

/** Fewer requests, of the new release or of the old one, do not make a rate: of three, a single 500 is 33 %. */
const MIN_REQUESTS = 50;
/** A release with fewer requests than that fails if at least so many percent of them are errors, and at least `MIN_ERRORS`: that is more than chance. */
const MIN_PERCENT_OF_FEW = 50;
/** Fewer errors can be chance: where 1 % is usual, 100 requests have five errors about once in 270 periods. */
const MIN_ERRORS = 5;
/** Nobody notices a smaller difference, whatever the ratio: 3 ms instead of 1 ms is no reason to roll back. */
export const MIN_SLOWER_SECONDS = 0.05;

export interface AnalysisInput {
  alarms: readonly ObservedAlarm[];
  services: readonly AnalysedService[];
  limits: Limits;
  periodSeconds: number;
}

export interface AnalysedService {
  name: string;
  /** The new release's whole periods since the change, oldest first. */
  fresh: readonly TrafficPeriod[];
  /** The old release's periods: those before the change or, while both get requests, the same ones as `fresh`. */
  old: readonly TrafficPeriod[];
  compare: Compare;
}

interface Limits {
  /** Percentage points on top of the old release's. */
  maxErrorPercent: number;
  /** Multiple of the old release's average. */
  maxLatencyRatio: number;
}

const COMPARED_WITH: Record<Compare, string> = {
  before: "before the change",
  meanwhile: "meanwhile on the old release",
};

/** Whether a release had too few requests in these periods to be judged by their rates. */
export function hasTooFew(periods: readonly TrafficPeriod[]): boolean {
  return newestWith(MIN_REQUESTS, periods) === null;
}

/**
 * Returns the problems of a new release, one line each; empty when there are none, or not enough requests to tell (`hasTooFew`). Of these few
 * it tells only that most failed.
 */
export function analyse({ alarms, services, limits, periodSeconds }: AnalysisInput): string[] {
  return [
    ...alarms.flatMap(problemsOfAlarm),
    ...services.flatMap((service) => [
      ...errorProblems(service, limits, periodSeconds),
      ...latencyProblems(service, limits, periodSeconds),
    ]),
  ];
}

function problemsOfAlarm(alarm: ObservedAlarm): string[] {
  const problem = alarmProblem(alarm);
  return problem === null ? [] : [`the alarm ${alarm.name} ${problem}: ${alarm.reason}`];
}

/** Returns what is wrong with an alarm; null if nothing is. An alarm that cannot be read counts as firing. */
export function alarmProblem({ state }: ObservedAlarm): "fires" | "cannot be read" | null {
  if (state === "ALARM") return "fires";
  return state === "unreadable" ? "cannot be read" : null;
}

/** The newest periods show a problem that has just begun, all periods together a rare one. */
function errorProblems(service: AnalysedService, { maxErrorPercent }: Limits, periodSeconds: number): string[] {
  for (const periods of [newestWith(MIN_REQUESTS, service.fresh), service.fresh]) {
    if (!periods) continue;
    const { requests, errors, errorPercent } = leastRatesOf(periods);
    const isFew = hasTooFew(periods);
    const old = oldRates(service, periods);
    // The old release's few requests are no measure for many, and the only one for few.
    const isMeasure = old.requests >= MIN_REQUESTS;
    const usual = isMeasure || isFew ? old.errorPercent : 0;
    const allowed = usual + maxErrorPercent;
    if (errors < MIN_ERRORS || errorPercent <= allowed || (isFew && errorPercent < MIN_PERCENT_OF_FEW)) continue;
    const compared = `${COMPARED_WITH[service.compare]} ${isMeasure ? percent(usual) : "too few to compare"}`;
    return [
      `${service.name}: ${percent(errorPercent)} of ${requests} requests got a 5xx or no response ${span(periods, periodSeconds)}, ${compared}, allowed ${percent(allowed)}`,
    ];
  }
  return [];
}

/**
 * Returns how many requests have no end yet, if they would be too many to get no response; else 0. They may be in flight, so they are no problem
 * before a newer period shows it.
 */
export function openRequests(service: AnalysedService, { maxErrorPercent }: Pick<Limits, "maxErrorPercent">): number {
  const { requests, errors } = ratesOf(service.fresh);
  const open = errors - leastRatesOf(service.fresh).errors;
  const allowed = oldRates(service, service.fresh).errorPercent + maxErrorPercent;
  return open < MIN_ERRORS || (errors / requests) * 100 <= allowed ? 0 : open;
}

function latencyProblems(service: AnalysedService, { maxLatencyRatio }: Limits, periodSeconds: number): string[] {
  const periods = newestWith(MIN_REQUESTS, service.fresh);
  if (!periods) return [];
  const slow = slowAnswers(periods, oldRates(service, periods), maxLatencyRatio);
  if (!slow) return [];
  const { requests, responseSeconds, usual, allowed } = slow;
  return [
    `${service.name}: ${requests} answers took ${milliseconds(responseSeconds)} on average ${span(periods, periodSeconds)}, ${COMPARED_WITH[service.compare]} ${milliseconds(usual)}, allowed ${milliseconds(allowed)}`,
  ];
}

/** Returns the newest periods in which a new release answered more slowly than is allowed; null if it did not. */
export function slowPeriods({ periods, old, maxLatencyRatio }: AnalysedTraffic): readonly TrafficPeriod[] | null {
  const newest = newestWith(MIN_REQUESTS, periods);
  if (!newest) return null;
  return slowAnswers(newest, old, maxLatencyRatio) && newest;
}

/**
 * Returns the average response time of so many requests beside the usual and the allowed one; null if it is allowed, or the old
 * release had too few requests to compare.
 */
function slowAnswers(periods: readonly TrafficPeriod[], old: Rates, maxLatencyRatio: number) {
  const { requests, responseSeconds } = ratesOf(periods);
  const usual = old.responseSeconds;
  if (responseSeconds === null || usual === null || old.requests < MIN_REQUESTS) return null;
  const allowed = Math.max(usual * maxLatencyRatio, usual + MIN_SLOWER_SECONDS);
  return responseSeconds <= allowed ? null : { requests, responseSeconds, usual, allowed };
}

/** Returns the old release's rates beside those of the new one's periods. */
function oldRates({ old, compare }: AnalysedService, fresh: readonly TrafficPeriod[]): Rates {
  const firstMs = fresh[0]?.startMs ?? 0;
  return ratesOf(compare === "before" ? old : old.filter(({ startMs }) => startMs >= firstMs));
}

/** The time that the periods span, such as `between 10:01 and 10:02 UTC`; with seconds where periods are shorter than a minute. */
function span(periods: readonly TrafficPeriod[], periodSeconds: number): string {
  const startMs = periods[0]!.startMs;
  const endMs = periods.at(-1)!.startMs + periodSeconds * 1000;
  const time = (ms: number) => new Date(ms).toISOString().slice(11, periodSeconds % 60 === 0 ? 16 : 19);
  return `between ${time(startMs)} and ${time(endMs)} UTC`;
}
