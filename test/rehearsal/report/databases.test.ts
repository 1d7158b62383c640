import { expect } from "chai";
import { notTriedOfDatabases } from "../../../rehearsal/report/databases";

const database = (name: string, asked: string | null, version: string) => ({
  ...{ kind: "database" as const, atMs: 1, name, asked, version },
});

const outside = (asked: string | null, shared: number, trusts: boolean) => ({
  ...database("main", asked, "16.4"),
  external: { place: "127.0.0.1:5432", connections: { shared, asked: 112 }, trusts },
});
const DIFFERS = "with TLS in front of it only, without rds_superuser, and a failover that cuts connections only";

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
    [
      "a server that was there already",
      outside("16", 500, false),
      [`main on a server as RDS has them: it was in the one at 127.0.0.1:5432, ${DIFFERS}`],
    ],
    [
      "one with another version, few connections and without passwords",
      outside("17", 100, true),
      [
        "main with version 17: it was 16.4",
        `main on a server as RDS has them: it was in the one at 127.0.0.1:5432, with 100 connections for all, not 112 for it, without asking for passwords, ${DIFFERS}`,
      ],
    ],
    [
      "one that stands for a database that existed before",
      outside(null, 500, false),
      [
        "main as it is: a new database of version 16.4 without its data stood for it",
        `main on a server as RDS has them: it was in the one at 127.0.0.1:5432, ${DIFFERS}`,
      ],
    ],
  ];
  for (const [what, event, wanted] of table)
    it(`tells what was not tried with ${what}`, () => expect(notTriedOfDatabases([event])).to.deep.equal(wanted));
});
