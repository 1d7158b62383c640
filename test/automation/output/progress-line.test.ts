import { assert } from "chai";
import { inOneLine } from "../../../automation/output/progress-line";

describe("automation/output/progress-line", () => {
  const table: [text: string, columns: number, shown: string][] = [
    ["  3 s  2 of 4 healthy", 80, "  3 s  2 of 4 healthy"],
    ["  3 s  2 of 4 healthy", 12, "  3 s  2 of"],
    ["reason:\tno capacity\n  in eu-west-1a\n", 80, "reason: no capacity   in eu-west-1a"],
    ["cleared\u001b[2J", 80, "cleared\u{fffd}[2J"],
  ];
  for (const [text, columns, shown] of table)
    it(`shows ${JSON.stringify(text)} in a line of ${columns} columns`, () =>
      assert.equal(inOneLine(text, columns), shown));
});
