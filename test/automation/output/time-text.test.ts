import { assert } from "chai";
import { dateTimeText } from "../../../automation/core/date-time-text";
import { ageText, durationText } from "../../../automation/output/time-text";

describe("dateTimeText", () => {
  it("is in UTC, to the minute", () =>
    assert.equal(dateTimeText(Date.UTC(2026, 10, 25, 9, 30, 59)), "2026-11-25 09:30"));
});

describe("ageText", () => {
  const table: [seconds: number, text: string][] = [
    [-1, "0 s"],
    [59.9, "59 s"],
    [60, "1 min"],
    [7_199, "1 h"],
    [86_400, "24 h"],
    [3 * 86_400, "3 days"],
  ];
  for (const [seconds, text] of table) it(`of ${seconds} s`, () => assert.equal(ageText(seconds), text));
});

describe("durationText", () => {
  const table: [seconds: number, text: string][] = [
    [0, "1 s"],
    [59.4, "59 s"],
    [59.5, "1 min"],
    [150, "2 min 30 s"],
    [3_600, "60 min"],
  ];
  for (const [seconds, text] of table) it(`of ${seconds} s`, () => assert.equal(durationText(seconds), text));
});
