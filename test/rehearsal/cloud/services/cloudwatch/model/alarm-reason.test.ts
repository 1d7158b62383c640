import { expect } from "chai";
import { evaluateAlarm } from "../../../../../../rehearsal/cloud/services/cloudwatch/model/alarm-evaluation";
import { reasonDataOf, reasonOf } from "../../../../../../rehearsal/cloud/services/cloudwatch/model/alarm-reason";
import type { AlarmSettings } from "../../../../../../rehearsal/cloud/services/cloudwatch/model/alarm-settings";
import { alarmSettings, NEWEST_MS, periods } from "./alarm-scene";

/** Each as real alarms say it, in public logs. */
const REASONS: [data: string, settings: Partial<AlarmSettings>, reason: string][] = [
  [
    "- - 9 12.5 7",
    {},
    "Threshold Crossed: 3 datapoints [7.0 (19/08/26 09:36:00), 12.5 (19/08/26 09:35:00), 9.0 (19/08/26 09:34:00)] were greater than the threshold (5.0).",
  ],
  [
    "- - 9 9 0",
    {},
    "Threshold Crossed: 1 datapoint [0.0 (19/08/26 09:36:00)] was not greater than the threshold (5.0).",
  ],
  [
    "- - - - -",
    { treatMissingData: "breaching" },
    "Threshold Crossed: no datapoints were received for 3 periods and 3 missing datapoints were treated as [Breaching].",
  ],
  [
    "- - -",
    { treatMissingData: "notBreaching", evaluationPeriods: 1, datapointsToAlarm: 1 },
    "Threshold Crossed: no datapoints were received for 1 period and 1 missing datapoint was treated as [NonBreaching].",
  ],
  [
    "- - - - 2",
    { treatMissingData: "breaching", datapointsToAlarm: 3 },
    "Threshold Crossed: 1 datapoint [2.0 (19/08/26 09:36:00)] was not greater than the threshold (5.0) and 2 missing datapoints were treated as [Breaching].",
  ],
  [
    "- - - - 0",
    { treatMissingData: "breaching", datapointsToAlarm: 2 },
    "Threshold Crossed: 1 datapoint was received for 3 periods and 2 missing datapoints were treated as [Breaching].",
  ],
  ["- - - - -", {}, "Insufficient Data: 3 datapoints were unknown."],
  ["- - -", { evaluationPeriods: 1, datapointsToAlarm: 1 }, "Insufficient Data: 1 datapoint was unknown."],
  [
    "- - 3",
    { evaluationPeriods: 1, datapointsToAlarm: 1, isOutOf: true, threshold: 0 },
    "Threshold Crossed: 1 out of the last 1 datapoints [3.0 (19/08/26 09:36:00)] was greater than the threshold (0.0) (minimum 1 datapoint for OK -> ALARM transition).",
  ],
  [
    "0 0 0 0 9",
    { datapointsToAlarm: 2, isOutOf: true, comparisonOperator: "GreaterThanOrEqualToThreshold" },
    "Threshold Crossed: 2 out of the last 3 datapoints [0.0 (19/08/26 09:35:00), 0.0 (19/08/26 09:34:00)] were not greater than or equal to the threshold (5.0) (minimum 2 datapoints for ALARM -> OK transition).",
  ],
];

describe("rehearsal/cloud/services/cloudwatch/model/alarm-reason", () => {
  for (const [data, changes, reason] of REASONS) {
    it(reason, () => {
      const settings = alarmSettings(changes);
      expect(reasonOf(settings, evaluateAlarm(settings, periods(data))!)).to.equal(reason);
    });
  }

  it("gives what was evaluated as JSON, with the periods that had no data", () => {
    const settings = alarmSettings();
    const range = periods("- - 9 - 7");
    const data = reasonDataOf(settings, evaluateAlarm(settings, range)!, range, NEWEST_MS + 90_000);
    expect(JSON.parse(data)).to.deep.equal({
      version: "1.0",
      queryDate: "2026-08-19T09:37:30.000+0000",
      startDate: "2026-08-19T09:34:00.000+0000",
      statistic: "Sum",
      period: 60,
      recentDatapoints: [9, 7],
      threshold: 5,
      evaluatedDatapoints: [
        { timestamp: "2026-08-19T09:36:00.000+0000", sampleCount: 1, value: 7 },
        { timestamp: "2026-08-19T09:35:00.000+0000" },
        { timestamp: "2026-08-19T09:34:00.000+0000", sampleCount: 1, value: 9 },
      ],
    });
  });
});
