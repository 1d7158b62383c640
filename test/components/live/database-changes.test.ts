import { expect } from "chai";
import { databaseChanges } from "../../../components/live/database-changes";
import type { Live } from "../../../components/live/live";
import { parseSettings } from "../../../components/settings/settings";
import { release } from "../../automation/deploy/worlds";

const HAD = { identifier: "shop-main", host: "main.rds", version: 17, instanceClass: "db.t4g.micro", storageGiB: 50 };
const SHOP = { host: "shop.rds.example", secret: "prod/shop", cidr: "10.2.0.0/16" };
const HAD_SHOP = { existing: { host: "shop.rds.example", port: 5432, database: "main" } };
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
    ["a volume that grows by a tenth", changes({ main: { storageGiB: 55 } }), []],
    [
      "a volume that grows by less than a tenth",
      changes({ main: { storageGiB: 54 } }),
      [
        "aoshingo:databases.main.storageGiB: given 54, but the stack has 50: RDS enlarges a volume by a tenth or more, wanted at least 55: give that, or put it back.",
      ],
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

  /** `using`, with a release that is only there for a rollback and uses the database. */
  function usingMain(): Live {
    const { blue } = using.services.users!.colours;
    const uses = release("v1", "users", {}).configuration!.replace(/^\d+ \{/, '4 {"uses":["main"],');
    const colours = { blue: { ...blue, release: { ...blue.release!, configuration: uses } }, green: EMPTY };
    return { serial: 1, services: { users: { active: "green", colours } } };
  }

  it("keep one that a release uses, also one that is only there for a rollback", () => {
    expect(changes({}, usingMain(), false)).to.deep.equal([
      'aoshingo:databases.main: removed, but users uses it, and would lose its data: put it back; to delete it for good, first deploy releases without "uses: [main]" to both colours.',
    ]);
    expect(changes({}, using, false)).to.deep.equal([]);
  });

  const ofExisting = (wanted: Record<string, object>, live = nobody) =>
    databaseChanges(databases(wanted), live, { databases: { main: HAD_SHOP }, deletionProtection: true });
  const OTHER =
    "that would be another database with other data: put it back, add a second block beside it, copy the data, and move services by uses.";

  it("take an existing one away although the stack is protected, unless a release uses it", () => {
    expect(ofExisting({})).to.deep.equal([]);
    expect(ofExisting({}, usingMain())).to.deep.equal([
      'aoshingo:databases.main: removed, but users uses it, and could not reach it any more: put it back; first deploy releases without "uses: [main]" to both colours.',
    ]);
  });

  it("do not lead releases to another server, and lead nobody there as long as none uses it", () => {
    const moved = { main: { existing: { ...SHOP, host: "new.rds.example", database: "shop" } } };
    expect(ofExisting({ main: { existing: SHOP } }, usingMain())).to.deep.equal([]);
    expect(ofExisting(moved)).to.deep.equal([]);
    expect(ofExisting(moved, usingMain())).to.deep.equal([
      `aoshingo:databases.main.existing.host: given new.rds.example, but the stack has shop.rds.example, which users uses: ${OTHER}`,
      `aoshingo:databases.main.existing.database: given shop, but the stack has main, which users uses: ${OTHER}`,
    ]);
  });

  it("make no own one of an existing one, and no existing one of an own", () => {
    expect(ofExisting({ main: {} })).to.deep.equal([
      `aoshingo:databases.main: given without existing, but the stack has one that existed already: ${OTHER}`,
    ]);
    expect(changes({ main: { existing: SHOP } })).to.deep.equal([
      `aoshingo:databases.main.existing: given shop.rds.example, but the stack has one of its own: ${OTHER}`,
    ]);
  });

  it("are nothing for a stack of a program that knew no databases", () => {
    expect(databaseChanges(databases({ main: {} }), nobody, {})).to.deep.equal([]);
  });
});
