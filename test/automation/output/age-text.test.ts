import { assert } from "chai";
import { ageText } from "../../../automation/output/age-text";

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
