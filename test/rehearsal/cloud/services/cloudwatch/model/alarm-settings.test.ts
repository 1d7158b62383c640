import { expect } from "chai";
import { evaluatedEverySeconds } from "../../../../../../rehearsal/cloud/services/cloudwatch/model/alarm-settings";

describe("evaluatedEverySeconds (W9)", () => {
  const cases: [what: string, periodSeconds: number, evaluationPeriods: number, everySeconds: number][] = [
    ["a short period", 10, 6, 10],
    ["half a minute", 30, 2, 10],
    ["a minute", 60, 1, 60],
    ["five minutes", 300, 3, 60],
    ["a day in all", 3_600, 24, 60],
    ["more than a day in all", 3_600, 25, 3_600],
  ];
  for (const [what, periodSeconds, evaluationPeriods, everySeconds] of cases) {
    it(`${what}: every ${everySeconds} s`, () =>
      expect(evaluatedEverySeconds({ periodSeconds, evaluationPeriods } as never)).to.equal(everySeconds));
  }
});
