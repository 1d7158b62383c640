import { assert } from "chai";
import fc from "fast-check";
import { wrapped } from "../../../automation/output/wrapped";

describe("wrapped", () => {
  it("breaks between words, and indents what goes on", () => {
    assert.deepEqual(wrapped("one two three", 9, 2), ["one two", "  three"]);
    assert.deepEqual(wrapped("", 9), [""]);
  });

  it("leaves a word whole that is longer than the line", () => {
    assert.deepEqual(wrapped("see https://example.jp now", 10), ["see", "https://example.jp", "now"]);
  });

  it("loses no word, and is no wider than it must be", () => {
    const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(words, fc.integer({ min: 14, max: 40 }), (some, width) => {
        const lines = wrapped(some.join(" "), width, 2);
        assert.equal(lines.map((line) => line.trim()).join(" "), some.join(" "));
        for (const line of lines) assert.isAtMost(line.length, width);
      }),
    );
  });
});
