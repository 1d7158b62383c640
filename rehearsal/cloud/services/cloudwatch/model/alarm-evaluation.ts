import type { AlarmSettings, AlarmState } from "./alarm-settings";
import { type Datapoint, shareOf, statisticOf } from "./statistics";

/** One period of an alarm's evaluation range. */
export interface Period {
  /** Its start in Unix milliseconds. */
  atMs: number;
  /** What the metric measured in it; undefined when that is missing. */
  point: Datapoint | undefined;
}

/** A period with data. */
export interface Evaluated {
  atMs: number;
  samples: number;
  value: number;
  isBreaching: boolean;
}

export interface Evaluation {
  state: AlarmState;
  /** The data points that decided, newest first. */
  points: readonly Evaluated[];
  /** How many periods without data were treated as breaching or not, so that all evaluation periods have a value. */
  filled: number;
}

/**
 * How many periods more than its evaluation periods an alarm retrieves, in case that data are missing (aws-rules W10).
 * AWS gives no number for each alarm, only examples: five for three periods of five minutes.
 */
const MORE_PERIODS = 2;

const COMPARISONS: Readonly<
  Record<AlarmSettings["comparisonOperator"], (value: number, threshold: number) => boolean>
> = {
  GreaterThanOrEqualToThreshold: (value, threshold) => value >= threshold,
  GreaterThanThreshold: (value, threshold) => value > threshold,
  LessThanThreshold: (value, threshold) => value < threshold,
  LessThanOrEqualToThreshold: (value, threshold) => value <= threshold,
};

/** Returns the number of periods that an alarm retrieves for each evaluation. */
export function evaluationRange({ evaluationPeriods }: Pick<AlarmSettings, "evaluationPeriods">): number {
  return evaluationPeriods + MORE_PERIODS;
}

/**
 * Evaluates an alarm (aws-rules W9-W11).
 * @param periods the evaluation range, newest first
 * @returns null if the alarm keeps its state, whichever that is
 */
export function evaluateAlarm(settings: AlarmSettings, periods: readonly Period[]): Evaluation | null {
  const { evaluationPeriods, datapointsToAlarm, treatMissingData } = settings;
  const isFilled = treatMissingData === "breaching" || treatMissingData === "notBreaching";
  // Data from farther back than the evaluation periods count, but only as far as newer ones are missing.
  const points = periods.flatMap((period) => evaluatedOf(period, settings)).slice(0, evaluationPeriods);
  if (hasTooFewSamples(settings, points)) return null;
  const missing = evaluationPeriods - points.length;
  const filled = isFilled ? missing : 0;
  const breaching = points.filter(({ isBreaching }) => isBreaching).length;
  const withFilled = breaching + (treatMissingData === "breaching" ? filled : 0);
  const found = (state: AlarmState): Evaluation => ({ state, points, filled });
  if (withFilled >= datapointsToAlarm) return found("ALARM");
  if (isFilled || missing === 0 || breaching < points.length) return found("OK");
  // From here on too few data points are there, and all of them are breaching or there are none.
  if (treatMissingData === "ignore") return null;
  return found(hasWaited(periods, points, datapointsToAlarm) ? "ALARM" : "INSUFFICIENT_DATA");
}

/**
 * Whether the oldest breaching data point is so old that the alarm does not wait for more: as old as the data points
 * to alarm (aws-rules W11).
 */
function hasWaited(periods: readonly Period[], points: readonly Evaluated[], datapointsToAlarm: number): boolean {
  const oldest = points.at(-1);
  return oldest !== undefined && periods.findIndex(({ atMs }) => atMs === oldest.atMs) + 1 >= datapointsToAlarm;
}

function evaluatedOf({ atMs, point }: Period, settings: AlarmSettings): Evaluated[] {
  if (!point) return [];
  const value = statisticOf(settings.statistic)(point);
  const isBreaching = COMPARISONS[settings.comparisonOperator](value, settings.threshold);
  return [{ atMs, samples: point.samples, value, isBreaching }];
}

/** A percentile says little about few samples. An alarm that is told to ignore those does not change its state then. */
function hasTooFewSamples(settings: AlarmSettings, points: readonly Evaluated[]): boolean {
  const share = shareOf(settings.statistic);
  if (share === null || points.length === 0 || settings.evaluateLowSampleCountPercentile !== "ignore") return false;
  const wanted = 10 / (share < 0.5 ? share : 1 - share);
  return points.reduce((sum, { samples }) => sum + samples, 0) < wanted;
}
