import { expect } from "chai";
import fc from "fast-check";
import {
  evaluateAlarm,
  evaluationRange,
} from "../../../../../../rehearsal/cloud/services/cloudwatch/model/alarm-evaluation";
import {
  type AlarmSettings,
  MISSING_DATA,
} from "../../../../../../rehearsal/cloud/services/cloudwatch/model/alarm-settings";
import { alarmSettings, periods } from "./alarm-scene";

const SHORT = { OK: "OK", ALARM: "ALARM", "no data": "INSUFFICIENT_DATA", same: null } as const;
type Short = keyof typeof SHORT;

/** By each way of treating missing data, in the order of AWS's tables. */
type Row = [data: string, missing: Short, ignore: Short, breaching: Short, notBreaching: Short];
const COLUMNS = ["missing", "ignore", "breaching", "notBreaching"] as const;

/** aws-rules W10, W11: the tables of CloudWatch's guide, whole, and what its text says of the rows between them. */
const THREE_OF_THREE: Row[] = [
  ["0 - X - X", "OK", "OK", "OK", "OK"],
  ["0 - - - -", "OK", "OK", "OK", "OK"],
  ["- - - - -", "no data", "same", "ALARM", "OK"],
  ["0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["- - X - -", "ALARM", "same", "ALARM", "OK"],
  ["- - - - X", "no data", "same", "ALARM", "OK"],
  ["- - - X -", "no data", "same", "ALARM", "OK"],
  ["- - - X 0", "OK", "OK", "OK", "OK"],
  ["- - X - 0", "OK", "OK", "OK", "OK"],
  ["X - - - -", "ALARM", "same", "ALARM", "OK"],
  ["X X X 0 X", "OK", "OK", "OK", "OK"],
];
const TWO_OF_THREE: Row[] = [
  ["0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["0 - X - -", "OK", "OK", "ALARM", "OK"],
  ["- - - - 0", "OK", "OK", "ALARM", "OK"],
  ["- - - X -", "ALARM", "same", "ALARM", "OK"],
  ["- - - - X", "no data", "same", "ALARM", "OK"],
  ["X X 0 0 0", "OK", "OK", "OK", "OK"],
];
const ONE_OF_ONE: Row[] = [
  ["- - X", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["X - -", "ALARM", "ALARM", "ALARM", "ALARM"],
  ["X - 0", "OK", "OK", "OK", "OK"],
  ["- - -", "no data", "same", "ALARM", "OK"],
];

describe("rehearsal/cloud/services/cloudwatch/model/alarm-evaluation", () => {
  const tables: [title: string, settings: Partial<AlarmSettings>, rows: Row[]][] = [
    ["3 out of 3", {}, THREE_OF_THREE],
    ["2 out of 3", { datapointsToAlarm: 2 }, TWO_OF_THREE],
    ["1 out of 1", { evaluationPeriods: 1, datapointsToAlarm: 1 }, ONE_OF_ONE],
  ];
  for (const [title, changes, rows] of tables) {
    for (const [data, ...wanted] of rows) {
      it(`${title}: ${data} is ${wanted.join(", ")} (W10, W11)`, () => {
        const range = periods(data);
        expect(range).to.have.lengthOf(evaluationRange(alarmSettings(changes)));
        const states = COLUMNS.map((treatMissingData) => {
          return evaluateAlarm(alarmSettings({ ...changes, treatMissingData }), range)?.state ?? null;
        });
        expect(states).to.deep.equal(wanted.map((short) => SHORT[short]));
      });
    }
  }

  const comparisons: [AlarmSettings["comparisonOperator"], below: string, equal: string, above: string][] = [
    ["GreaterThanThreshold", "OK", "OK", "ALARM"],
    ["GreaterThanOrEqualToThreshold", "OK", "ALARM", "ALARM"],
    ["LessThanThreshold", "ALARM", "OK", "OK"],
    ["LessThanOrEqualToThreshold", "ALARM", "ALARM", "OK"],
  ];
  for (const [comparisonOperator, ...wanted] of comparisons) {
    it(`compares by ${comparisonOperator}`, () => {
      const settings = alarmSettings({ comparisonOperator, evaluationPeriods: 1, datapointsToAlarm: 1 });
      const states = ["4", "5", "6"].map((value) => evaluateAlarm(settings, periods(`- - ${value}`))!.state);
      expect(states).to.deep.equal(wanted);
    });
  }

  it("evaluates a percentile, and with ignore only of as many samples as make one", () => {
    const values = new Map([
      [0.02, 98],
      [3, 2],
    ]);
    const range = periods("- - 1").map(({ atMs, point }) => ({
      atMs,
      point: point && { ...point, samples: 100, values },
    }));
    const settings = { statistic: "p99", threshold: 1, evaluationPeriods: 1, datapointsToAlarm: 1 };
    expect(evaluateAlarm(alarmSettings(settings), range)!.state).to.equal("ALARM");
    expect(evaluateAlarm(alarmSettings({ ...settings, statistic: "p50" }), range)!.state).to.equal("OK");
    const low = { evaluateLowSampleCountPercentile: "ignore" } as const;
    expect(evaluateAlarm(alarmSettings({ ...settings, ...low }), range), "p99 wants 1000 samples").to.equal(null);
    expect(evaluateAlarm(alarmSettings({ ...settings, ...low, statistic: "p50" }), range)!.state).to.equal("OK");
  });

  describe("for any alarm and any data", () => {
    const alarm = fc
      .record({ evaluationPeriods: fc.integer({ min: 1, max: 6 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
      .chain(({ evaluationPeriods, share }) => {
        const datapointsToAlarm = 1 + Math.floor(share * (evaluationPeriods - 1));
        const length = evaluationPeriods + 2;
        const data = fc.array(fc.constantFrom("X", "0", "-"), { minLength: length, maxLength: length });
        return fc.record({
          data,
          settings: fc
            .constantFrom(...MISSING_DATA)
            .map((treatMissingData) => alarmSettings({ evaluationPeriods, datapointsToAlarm, treatMissingData })),
        });
      });
    const holds = (property: (settings: AlarmSettings, data: string[]) => void) =>
      fc.assert(fc.property(alarm, ({ settings, data }) => property(settings, data)));
    const stateOf = (settings: AlarmSettings, data: string[]) =>
      evaluateAlarm(settings, periods(data.join(" ")))?.state ?? null;

    it("treatMissingData decides only where data are missing", () => {
      holds((settings, data) => {
        if (data.filter((word) => word !== "-").length < settings.evaluationPeriods) return;
        const states = MISSING_DATA.map((treatMissingData) => stateOf({ ...settings, treatMissingData }, data));
        expect(new Set(states).size).to.equal(1);
        expect(states[0]).to.be.oneOf(["OK", "ALARM"]);
      });
    });

    it("a breaching data point more takes no alarm away, and no new one needs fewer data points", () => {
      holds((settings, data) => {
        if (stateOf(settings, data) !== "ALARM") return;
        const worse = data.map((word) => (word === "0" ? "X" : word));
        expect(stateOf(settings, worse)).to.equal("ALARM");
        const easier = { ...settings, datapointsToAlarm: 1 };
        expect(stateOf(easier, worse)).to.equal("ALARM");
      });
    });

    it("breaching and notBreaching never leave a state open, and none fires without a breaching data point but breaching", () => {
      holds((settings, data) => {
        const state = stateOf(settings, data);
        const { treatMissingData } = settings;
        if (treatMissingData === "breaching" || treatMissingData === "notBreaching")
          expect(state).to.be.oneOf(["OK", "ALARM"]);
        if (state === "ALARM" && treatMissingData !== "breaching") expect(data).to.include("X");
      });
    });

    it("fills no more than is missing", () => {
      holds((settings, data) => {
        const evaluation = evaluateAlarm(settings, periods(data.join(" ")));
        if (evaluation) expect(evaluation.points.length + evaluation.filled).to.be.at.most(settings.evaluationPeriods);
      });
    });
  });
});
