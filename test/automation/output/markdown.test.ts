import { assert } from "chai";
import { fenced, markdownText } from "../../../automation/output/markdown";

describe("markdownText", () => {
  for (const [text, wanted] of [
    ["port 3000 -> 4000", "port 3000 -> 4000"],
    ["a_b*c", "a\\_b\\*c"],
    ["two\nlines", "two lines"],
    ["<b> & c", "&lt;b> &amp; c"],
    ["@me #12", "@\u200bme #\u200b12"],
  ] as const)
    it(`writes ${JSON.stringify(text)} as ${JSON.stringify(wanted)}`, () => assert.equal(markdownText(text), wanted));
});

describe("fenced", () => {
  it("has a fence that is longer than any fence in its lines", () => {
    assert.deepEqual(fenced(["a ```` b", "c"], "diff"), ["`````diff", "a ```` b", "c", "`````"]);
  });
});
