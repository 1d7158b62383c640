import { expect } from "chai";
import { databaseChanges } from "../../../components/live/database-changes";
import type { Live } from "../../../components/live/live";
import { parseSettings } from "../../../components/settings/settings";
import { release } from "../../automation/deploy/worlds";

const HAD = { identifier: "shop-main", host: "main.rds", version: 17, instanceClass: "db.t4g.micro", storageGiB: 50 };
const EMPTY = { release: null, size: 0 };
const using: Live = {
  serial: 1,
  services: {
    users: {
      active: "green",
      // Retired, and there for a rollback.
      colours: { blue: { release: release("v1", "users", {}), size: 0 }, green: EMPTY },
    },
  },
};
const nobody: Live = { serial: 1, services: {} };
const databases = (wanted: Record<string, object>) =>
  parseSettings({ domain: "example.jp", services: {}, databases: wanted }).databases;
const changes = (wanted: Record<string, object>, live = nobody, deletionProtection = true) =>
  databaseChanges(databases(wanted), live, { databases: { main: HAD }, deletionProtection });

describe("changes of databases", () => {
  const table: [string, string[], string[]][] = [
    [
      "the same, grown, of another class and with a standby",
      changes({ main: { storageGiB: 60, instanceClass: "db.m7g.large", multiZone: true } }),
      [],
    ],
    [
      "one that is removed while it is protected",
      changes({}),
      [
        "aoshingo:databases.main: removed, but the stack has it with its data: put it back; to delete it for good, first run `pulumi up` with aoshingo:deletionProtection: false, then remove it. A final snapshot stays.",
      ],
    ],
    ["one that is removed after the protection was taken away", changes({}, nobody, false), []],
    [
      "a smaller volume",
      changes({ main: {} }),
      ["aoshingo:databases.main.storageGiB: given 20, but the stack has 50: storage only grows: put it back."],
    ],
    [
      "another version",
      changes({ main: { version: 18, storageGiB: 50 } }),
      [
        "aoshingo:databases.main.version: given 18, but the stack has 17: an upgrade to another major version stops the database for minutes and cannot be taken back, so no run does it by the way: put it back, and see docs/databases.md for the way to another version.",
      ],
    ],
  ];
  for (const [what, found, wanted] of table)
    it(`are refused or not: ${what}`, () => expect(found).to.deep.equal(wanted));

  it("keep one that a release uses, also one that is only there for a rollback", () => {
    const { blue } = using.services.users!.colours;
    const uses = release("v1", "users", {}).configuration!.replace(/^\d+ \{/, '4 {"uses":["main"],');
    const live: Live = {
      serial: 1,
      services: {
        users: {
          active: "green",
          colours: { blue: { ...blue, release: { ...blue.release!, configuration: uses } }, green: EMPTY },
        },
      },
    };
    expect(changes({}, live, false)).to.deep.equal([
      'aoshingo:databases.main: removed, but users uses it, and would lose its data: put it back; to delete it for good, first deploy releases without "uses: [main]" to both colours.',
    ]);
    expect(changes({}, using, false)).to.deep.equal([]);
  });

  it("are nothing for a stack of a program that knew no databases", () => {
    expect(databaseChanges(databases({ main: {} }), nobody, {})).to.deep.equal([]);
  });
});
