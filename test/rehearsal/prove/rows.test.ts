import { expect } from "chai";
import { foreignCounts, foreignValues, type Rows } from "../../../rehearsal/prove/rows";

const rows = (count: number, values: Record<string, (string | null)[]> = {}): Rows =>
  new Map([
    ["orders", { count, values: new Map(Object.entries(values).map(([name, some]) => [name, new Set(some)])) }],
  ]);

describe("foreignValues", () => {
  const alone = rows(2, { status: ["open"], at: ["1"] });
  const again = rows(2, { status: ["open"], at: ["2"] });

  it("tells a value that neither the release alone nor the migration writes", () => {
    const found = foreignValues(rows(2, { status: ["open", "draft"] }), alone, again, alone);
    expect(found.map(({ text }) => text)).to.deep.equal(['writes "draft" into orders.status (alone: "open")']);
  });

  it("lets pass what the migration makes of rows, what varies, and columns that are new or gone", () => {
    const migrated = rows(2, { status: ["OPEN"], at: ["1"] });
    expect(foreignValues(rows(2, { status: ["OPEN"], at: ["9"], size: ["x"] }), alone, again, migrated)).to.deep.equal(
      [],
    );
  });
});

describe("foreignCounts", () => {
  it("tells rows that are lost or doubled", () => {
    expect(foreignCounts(rows(2), [rows(3), rows(5)])[0]?.text).to.equal("leaves 2 rows in orders (alone: 3 to 5)");
    expect(foreignCounts(rows(4), [rows(3), rows(5)])).to.deep.equal([]);
  });

  it("does not look at tables that one of the releases does not have", () => {
    expect(foreignCounts(rows(2), [rows(3), new Map()])).to.deep.equal([]);
  });
});
