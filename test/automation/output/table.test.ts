import { assert } from "chai";
import { table } from "../../../automation/output/table";

describe("table", () => {
  it("aligns columns, without blanks at the end of a line", () => {
    assert.deepEqual(
      table([
        ["NAME", "SIZE"],
        ["users", "2"],
        ["a", ""],
      ]),
      ["NAME   SIZE", "users  2", "a"],
    );
    assert.deepEqual(table([]), []);
  });

  it("cuts the widest columns to fit the width", () => {
    const [line] = table([["v".repeat(30), "short", "w".repeat(20)]], 40);
    assert.equal(line, `${"v".repeat(14)}…  short  ${"w".repeat(15)}…`);
    assert.lengthOf(line!, 40);
  });
});
