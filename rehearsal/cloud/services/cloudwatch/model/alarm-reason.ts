import { countOf } from "../../../../../components/core/count-of";
import type { Evaluated, Evaluation, Period } from "./alarm-evaluation";
import type { AlarmSettings } from "./alarm-settings";

const WORDS: Readonly<Record<AlarmSettings["comparisonOperator"], string>> = {
  GreaterThanOrEqualToThreshold: "greater than or equal to",
  GreaterThanThreshold: "greater than",
  LessThanThreshold: "less than",
  LessThanOrEqualToThreshold: "less than or equal to",
};

/** Returns the StateReason of an evaluation that changed an alarm's state, in CloudWatch's words. */
export function reasonOf(settings: AlarmSettings, { state, points, filled }: Evaluation): string {
  const { evaluationPeriods } = settings;
  if (state === "INSUFFICIENT_DATA") return `Insufficient Data: ${unknown(evaluationPeriods - points.length)}.`;
  const isAlarm = state === "ALARM";
  const deciding = points.filter(({ isBreaching }) => isBreaching === isAlarm);
  const parts = [
    deciding.length > 0 ? crossed(settings, deciding, points.length, isAlarm) : received(points, evaluationPeriods),
    ...(filled > 0 ? [treated(filled, settings.treatMissingData)] : []),
  ];
  return `Threshold Crossed: ${parts.join(" and ")}${minimum(settings, isAlarm)}.`;
}

/**
 * Returns StateReasonData: what was evaluated, as JSON.
 * @param periods the evaluation range, newest first
 */
export function reasonDataOf(
  settings: AlarmSettings,
  { points }: Evaluation,
  periods: readonly Period[],
  nowMs: number,
): string {
  const { statistic, periodSeconds: period, threshold, evaluationPeriods } = settings;
  const known = new Map(points.map((point) => [point.atMs, point]));
  const newest = periods.slice(0, evaluationPeriods).map(({ atMs }) => atMs);
  const evaluated = [...new Set([...newest, ...known.keys()])].sort((one, other) => other - one);
  return JSON.stringify({
    version: "1.0",
    queryDate: timestamp(nowMs),
    ...(points.length > 0 && { startDate: timestamp(points.at(-1)!.atMs) }),
    statistic,
    period,
    recentDatapoints: points.map(({ value }) => value).reverse(),
    threshold,
    evaluatedDatapoints: evaluated.map((atMs) => {
      const point = known.get(atMs);
      return { timestamp: timestamp(atMs), ...(point && { sampleCount: point.samples, value: point.value }) };
    }),
  });
}

/** A time as CloudWatch writes it in JSON: `2026-02-27T19:53:10.678+0000`. */
function timestamp(atMs: number): string {
  return new Date(atMs).toISOString().replace("Z", "+0000");
}

function crossed(settings: AlarmSettings, deciding: readonly Evaluated[], received: number, isAlarm: boolean): string {
  const { comparisonOperator, threshold, isOutOf } = settings;
  const number = isOutOf
    ? `${deciding.length} out of the last ${received} datapoints`
    : countOf(deciding.length, "datapoint");
  const values = deciding.map(({ value, atMs }) => `${decimal(value)} (${shortTime(atMs)})`).join(", ");
  const verb = deciding.length === 1 ? "was" : "were";
  return `${number} [${values}] ${verb} ${isAlarm ? "" : "not "}${WORDS[comparisonOperator]} the threshold (${decimal(threshold)})`;
}

function received(points: readonly Evaluated[], evaluationPeriods: number): string {
  const number = points.length === 0 ? "no datapoints" : countOf(points.length, "datapoint");
  const verb = points.length === 1 ? "was" : "were";
  return `${number} ${verb} received for ${countOf(evaluationPeriods, "period")}`;
}

function treated(filled: number, as: AlarmSettings["treatMissingData"]): string {
  const verb = filled === 1 ? "was" : "were";
  return `${countOf(filled, "missing datapoint")} ${verb} treated as [${as === "breaching" ? "Breaching" : "NonBreaching"}]`;
}

/** How many data points the change took: only alarms with DatapointsToAlarm say so. */
function minimum({ isOutOf, evaluationPeriods, datapointsToAlarm }: AlarmSettings, isAlarm: boolean): string {
  if (!isOutOf) return "";
  const [number, change] = isAlarm
    ? [datapointsToAlarm, "OK -> ALARM"]
    : [evaluationPeriods - datapointsToAlarm + 1, "ALARM -> OK"];
  return ` (minimum ${countOf(number, "datapoint")} for ${change} transition)`;
}

function unknown(missing: number): string {
  return `${countOf(missing, "datapoint")} ${missing === 1 ? "was" : "were"} unknown`;
}

/** A number as Java writes it: `3.0`. */
function decimal(value: number): string {
  return Number.isInteger(value) ? value.toFixed(1) : String(value);
}

/** `19/08/26 09:36:00`, in UTC. */
function shortTime(atMs: number): string {
  const [, year, month, day, time] = /^\d\d(\d\d)-(\d\d)-(\d\d)T(.{8})/.exec(new Date(atMs).toISOString())!;
  return `${day}/${month}/${year} ${time}`;
}
