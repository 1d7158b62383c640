import { expect } from "chai";
import { notTriedOfDatabases } from "../../../rehearsal/report/databases";

const database = (name: string, asked: string | null, version: string) => ({
  ...{ kind: "database" as const, atMs: 1, name, asked, version },
});

describe("rehearsal/report/databases", () => {
  const table: [string, Parameters<typeof notTriedOfDatabases>[0][number], string[]][] = [
    ["the version of the settings", database("main", "17", "17.6"), []],
    ["another one", database("main", "16", "17.6"), ["main with version 16: it was 17.6"]],
    ["another minor one, which nobody asks for", database("main", "17.2", "17.6"), []],
    [
      "a database that existed before",
      database("shop", null, "17.6"),
      ["shop as it is: a new server of version 17.6 without its data stood for it"],
    ],
  ];
  for (const [what, event, wanted] of table)
    it(`tells what was not tried with ${what}`, () => expect(notTriedOfDatabases([event])).to.deep.equal(wanted));
});
