import { expect } from "chai";
import { nearest } from "../../../components/core/nearest";

const NAMES = ["bakeSeconds", "drainSeconds", "steadySeconds", "ramp", "port"];

describe("nearest", () => {
  const cases: [what: string, typed: string, wanted: string[]][] = [
    ["a letter that is missing", "bakeSecnds", ["bakeSeconds"]],
    ["a letter too many", "rammp", ["ramp"]],
    ["another letter", "bakeSecondz", ["bakeSeconds"]],
    ["two that are swapped", "prot", ["port"]],
    ["another case", "bakeseconds", ["bakeSeconds"]],
    ["several that are as near", "xramp", ["ramp"]],
    ["nothing near", "certificate", []],
    ["nothing typed", "", []],
  ];
  for (const [what, typed, wanted] of cases)
    it(`finds the name for ${what}`, () => {
      expect(nearest(typed, NAMES)).to.deep.equal(wanted);
    });

  it("prefers a swap to two other letters", () => {
    expect(nearest("prot", ["pram", "port", "prog"])).to.deep.equal(["port", "prog"]);
    expect(nearest("abdc", ["abxy", "abcd"])).to.deep.equal(["abcd"]);
  });
});
