import { expect } from "chai";
import type { Change } from "../../../automation/preview/change";
import { databaseWarnings } from "../../../automation/preview/database-warnings";

const change = (operation: Change["operation"], name: string, ...paths: string[]): Change => ({
  urn: name,
  type: "aws:rds/instance:Instance",
  name: `${name}-database`,
  service: null,
  operation,
  properties: paths.map((path) => ({ path, from: 1, to: 2, replaces: false })),
});

describe("databaseWarnings", () => {
  it("names databases that are deleted or replaced, and those that end their connections", () => {
    const changes = [
      change("delete", "main"),
      change("replace", "carts", "dbName"),
      change("update", "reports", "instanceClass", "allocatedStorage"),
    ];
    expect(databaseWarnings(changes)).to.deep.equal([
      "Deletes the database main, carts with its data. A final snapshot stays.",
      "Ends all connections of the database reports, and takes none for some minutes.",
    ]);
  });

  it("says nothing of changes that nobody notices, and of new ones", () => {
    expect(
      databaseWarnings([change("create", "main"), change("update", "main", "backupRetentionPeriod")]),
    ).to.deep.equal([]);
  });
});
