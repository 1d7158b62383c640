import type { Period } from "../../../../../../rehearsal/cloud/services/cloudwatch/model/alarm-evaluation";
import type { AlarmSettings } from "../../../../../../rehearsal/cloud/services/cloudwatch/model/alarm-settings";

/** An alarm on the responses with 5xx of one load balancer: three periods of a minute above the threshold of 5. */
export function alarmSettings(changes: Partial<AlarmSettings> = {}): AlarmSettings {
  return {
    namespace: "AWS/ApplicationELB",
    metricName: "HTTPCode_Target_5XX_Count",
    dimensions: [{ Name: "LoadBalancer", Value: "app/lb/1" }],
    statistic: "Sum",
    periodSeconds: 60,
    evaluationPeriods: 3,
    datapointsToAlarm: 3,
    isOutOf: false,
    threshold: 5,
    comparisonOperator: "GreaterThanThreshold",
    treatMissingData: "missing",
    actionsEnabled: true,
    actions: { OK: [], ALARM: [], INSUFFICIENT_DATA: [] },
    ...changes,
  };
}

/** 2026-08-19 09:36:00 UTC. */
export const NEWEST_MS = Date.UTC(2026, 7, 19, 9, 36);

/**
 * Returns periods from AWS's notation, in which the newest is the last: `X` is breaching (9), `0` is not (0), `-` is
 * missing; any other word is a value.
 * @returns newest first, a minute apart
 */
export function periods(notation: string): Period[] {
  return notation
    .split(" ")
    .reverse()
    .map((word, age) => {
      const atMs = NEWEST_MS - age * 60_000;
      const sum = word === "X" ? 9 : Number(word);
      return { atMs, point: word === "-" ? undefined : { atMs, sum, samples: 1, values: new Map([[sum, 1]]) } };
    });
}
