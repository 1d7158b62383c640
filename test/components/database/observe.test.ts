import { setTimeout as delay } from "node:timers/promises";
import { expect } from "chai";
import { Client } from "pg";
import { schemaChanges } from "../../../automation/observe/migration/migration-text";
import { LockSamples } from "../../../components/database/function/lock-samples";
import { schemaOf } from "../../../components/database/function/schema";
import { ensureUser, setPassword } from "../../../components/database/function/service-user";
import { emptyDatabase } from "../../database";

const INTERVAL_MS = 20;

/** On a real server: what a service's user can see of a migration that runs as the same user. */
describe("what a migration does", () => {
  let place: { host: string; port: number; database: string };
  let login: Record<string, string>;
  const open: Client[] = [];

  before(async () => {
    login = await emptyDatabase();
    const { PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD } = login;
    place = { host: PGHOST!, port: Number(PGPORT), database: PGDATABASE! };
    const admin = await connect(PGUSER!, PGPASSWORD!);
    for (const user of ["observed", "others"]) {
      await ensureUser(admin, place.database, user);
      await setPassword(admin, user, user);
    }
    const observed = await connect("observed", "observed");
    await observed.query(
      "CREATE TABLE people (id int PRIMARY KEY, name text NOT NULL); INSERT INTO people VALUES (1, 'a')",
    );
    await observed.query("GRANT USAGE ON SCHEMA observed TO others; GRANT SELECT, UPDATE ON people TO others");
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.end()));
  });

  async function connect(user: string, password: string, application?: string): Promise<Client> {
    const client = new Client({ ...place, user, password, ...(application && { application_name: application }) });
    await client.connect();
    open.push(client);
    return client;
  }

  /** Takes samples until the condition holds, and returns the locks that were seen. */
  async function sampled(observer: Client, until: (samples: LockSamples, hasSession: boolean) => boolean) {
    const samples = new LockSamples(INTERVAL_MS);
    while (!until(samples, await samples.take(observer, "migrate"))) await delay(INTERVAL_MS);
    return samples.locks();
  }

  it("to locks: which it holds, for how long, and who waits behind it, of any user", async () => {
    const observer = await connect("observed", "observed");
    const migration = await connect("observed", "observed", "migrate");
    await migration.query("BEGIN; ALTER TABLE people ADD email text");
    const reader = await connect("others", "others");
    const read = reader.query("SELECT count(*) FROM observed.people");
    const locks = await sampled(observer, (samples) =>
      samples.locks().some((lock) => lock.waiting > 0 && lock.heldMs > 60),
    );
    await migration.query("ROLLBACK");
    await read;
    expect(locks).to.have.length(1);
    const [{ relation, mode, waitedMs, waiting, longestWaitMs }] = locks as [(typeof locks)[number]];
    expect({ relation, mode, waitedMs, waiting }).to.deep.equal({
      ...{ relation: "people", mode: "AccessExclusiveLock", waitedMs: 0, waiting: 1 },
    });
    expect(longestWaitMs).to.be.above(0);
  });

  it("to locks: for how long it waits itself", async () => {
    const observer = await connect("observed", "observed");
    const reader = await connect("others", "others");
    await reader.query("BEGIN; SELECT * FROM observed.people");
    const migration = await connect("observed", "observed", "migrate");
    const alter = migration.query("ALTER TABLE people ADD email text");
    const locks = await sampled(observer, (samples) => samples.locks().some((lock) => lock.waitedMs > 60));
    expect(locks[0]).to.include({ relation: "people", mode: "AccessExclusiveLock", heldMs: 0, waiting: 0 });
    await reader.query("COMMIT");
    await alter;
    await migration.query("ALTER TABLE people DROP email");
  });

  it("to rows: who waits for one that it has changed", async () => {
    const observer = await connect("observed", "observed");
    const migration = await connect("observed", "observed", "migrate");
    await migration.query("BEGIN; UPDATE people SET name = 'b'");
    const writer = await connect("others", "others");
    const write = writer.query("UPDATE observed.people SET name = 'c'");
    const locks = await sampled(observer, (samples) => samples.locks().length > 0);
    await migration.query("ROLLBACK");
    await write;
    expect(locks[0]).to.include({ relation: "people", mode: "row locks", waiting: 1 });
  });

  it("sees a session without locks, and that it is gone", async () => {
    const observer = await connect("observed", "observed");
    const migration = await connect("observed", "observed", "migrate");
    expect(await sampled(observer, (_, hasSession) => hasSession)).to.deep.equal([]);
    await migration.end();
    open.splice(open.indexOf(migration), 1);
    expect(await sampled(observer, (_, hasSession) => !hasSession)).to.deep.equal([]);
  });

  it("to the tables of another schema that it may change, by the name of that schema, and to no others", async () => {
    const { PGUSER, PGPASSWORD } = login;
    const admin = await connect(PGUSER!, PGPASSWORD!);
    await admin.query("CREATE ROLE observed_owner; GRANT observed_owner TO observed");
    await admin.query("CREATE SCHEMA shop; GRANT USAGE ON SCHEMA shop TO observed; CREATE TABLE shop.hidden (id int)");
    await admin.query("CREATE TABLE shop.orders (id int); ALTER TABLE shop.orders OWNER TO observed_owner");
    const users = await connect("observed", "observed");
    const before = await schemaOf(users);
    await users.query("ALTER TABLE shop.orders ADD total int");
    expect(schemaChanges(before, await schemaOf(users))).to.deep.equal(["column shop.orders.total added (integer)"]);
    expect(Object.keys(before).filter((name) => name.includes("shop"))).to.deep.equal([
      "table shop.orders",
      "column shop.orders.id",
    ]);
    await admin.query("DROP SCHEMA shop CASCADE; DROP OWNED BY observed_owner; DROP ROLE observed_owner");
  });

  it("to the schema: columns, indexes, constraints, triggers and lists of values of its own", async () => {
    const users = await connect("observed", "observed");
    await users.query("CREATE TYPE kind AS ENUM ('a', 'b')");
    await users.query("ALTER TABLE people ADD kind kind NOT NULL DEFAULT 'a', ADD CHECK (name <> '')");
    await users.query("CREATE INDEX by_name ON people (name)");
    expect(await schemaOf(users)).to.deep.equal({
      "table people": "",
      "column people.id": "integer not null",
      "column people.name": "text not null",
      "column people.kind": "kind not null default 'a'::kind",
      "constraint people.people_pkey": "PRIMARY KEY (id)",
      "constraint people.people_name_check": "CHECK ((name <> ''::text))",
      "index people_pkey": "CREATE UNIQUE INDEX people_pkey ON observed.people USING btree (id)",
      "index by_name": "CREATE INDEX by_name ON observed.people USING btree (name)",
      "type kind": "a, b",
    });
    expect(await schemaOf(await connect("others", "others"))).to.deep.equal({});
  });
});
