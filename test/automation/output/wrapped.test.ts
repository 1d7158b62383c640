import { assert } from "chai";
import fc from "fast-check";
import { wrapped } from "../../../automation/output/wrapped";

describe("wrapped", () => {
  it("breaks between words, and indents all lines but the first", () => {
    assert.deepEqual(wrapped("one two three", 9, 2), ["one two", "  three"]);
    assert.deepEqual(wrapped("", 9), [""]);
  });

  it("keeps the indent of the first line", () => {
    assert.deepEqual(wrapped("  aaa bbb ccc", 9, 4), ["  aaa bbb", "    ccc"]);
  });

  it("does not break a word that is longer than the line", () => {
    assert.deepEqual(wrapped("see https://example.jp now", 10), ["see", "https://example.jp", "now"]);
    assert.deepEqual(wrapped("aaaaaaaaaaaa b", 5), ["aaaaaaaaaaaa", "b"]);
  });

  it("loses no word and exceeds the width with no line", () => {
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
