import { expect } from "chai";
import { resultOf } from "../../../rehearsal/fault-matrix/case-result";
import { endCounts, markdownTable } from "../../../rehearsal/fault-matrix/table";
import { FAULT_CASE, INJECTED_RUN, NO_IMPACT } from "./sample-case";

describe("markdownTable", () => {
  it("has a row for each fault, a column for each step, and what went wrong in bold", () => {
    const results = [
      resultOf(FAULT_CASE, INJECTED_RUN, NO_IMPACT, 1),
      resultOf(
        { ...FAULT_CASE, step: "bake", failsRequests: true, ends: ["rolledBack"] },
        { ...INJECTED_RUN, end: "rolledBack" },
        { ...NO_IMPACT, failed: 7 },
        1,
      ),
      resultOf(
        { ...FAULT_CASE, variant: "in mid-call" },
        { ...INJECTED_RUN, end: "left", next: "resume done" },
        NO_IMPACT,
        1,
      ),
    ];
    expect(markdownTable(results).split("\n")).to.deep.equal([
      "| fault | warm | migrate | verify | test | ramp | cutover | confirm | bake | drain | retire |",
      "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
      "| `restart` |  |  |  |  |  | done |  | rolled back, 7 failed |  |  |",
      "| `restart`, in mid-call |  |  |  |  |  | **left, then resume done** |  |  |  |  |",
    ]);
    expect(endCounts(results)).to.equal("1 done, 1 rolled back, 1 left");
  });
});
