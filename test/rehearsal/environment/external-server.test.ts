import { expect } from "chai";
import type { Settings } from "../../../components/settings/settings";
import { handOver, takeOver } from "../../../rehearsal/cloud/handed-server";
import type { PreparedServer } from "../../../rehearsal/cloud/services/rds/external/prepare-server";
import { wantedOf } from "../../../rehearsal/environment/external-server";

describe("rehearsal/environment/external-server", () => {
  const existing = (host: string, database: string) => ({ existing: { host, port: 5432, database } });
  const settingsOf = (databases: object, uses: Record<string, string[]>) =>
    ({
      databases,
      services: Object.fromEntries(Object.entries(uses).map(([name, used]) => [name, { uses: used }])),
    }) as unknown as Settings;

  const table: [what: string, settings: Settings, wanted: ReturnType<typeof wantedOf>][] = [
    ["no databases", settingsOf({}, { users: [] }), { databases: [], users: [] }],
    [
      "one, and a service that does not use it",
      settingsOf({ main: {} }, { "user-profiles": ["main"], mailer: [] }),
      { databases: ["main"], users: ["user_profiles"] },
    ],
    [
      "two names for one that is there already",
      settingsOf({ shop: existing("db", "store"), archive: existing("db", "store") }, {}),
      { databases: ["store"], users: [] },
    ],
    [
      "two of one name in different servers",
      settingsOf({ shop: existing("db", "main"), main: {} }, {}),
      { databases: ["main", "main"], users: [] },
    ],
  ];
  for (const [what, settings, wanted] of table)
    it(`wants the databases and users of settings with ${what}`, () =>
      expect(wantedOf(settings)).to.deep.equal(wanted));

  it("hands a server to the cloud's process, which takes it out of its environment", () => {
    const server = { id: "1", access: { password: "hidden" } } as PreparedServer;
    Object.assign(process.env, handOver(server));
    expect(takeOver()).to.deep.equal(server);
    expect(JSON.stringify(process.env)).not.to.contain("hidden");
    expect([takeOver(), handOver(undefined)]).to.deep.equal([undefined, {}]);
  });
});
