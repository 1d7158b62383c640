import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Client } from "pg";
import { DatabaseFaults } from "../../../../rehearsal/cloud/faults/database-faults";
import { CloudClock } from "../../../../rehearsal/cloud/kernel/clock";
import type { CloudContext } from "../../../../rehearsal/cloud/kernel/context";
import { Faults } from "../../../../rehearsal/cloud/kernel/faults";
import { ProcessLedger } from "../../../../rehearsal/cloud/processes/process-ledger";
import { Authority } from "../../../../rehearsal/cloud/services/acm/model/authority";
import { DbInstance, type InstanceSettings } from "../../../../rehearsal/cloud/services/rds/model/db-instance";
import { EmbeddedServer } from "../../../../rehearsal/cloud/services/rds/model/embedded-server";
import { silentCloud } from "../silent-cloud";

describe("faults of databases", () => {
  let directory: string;
  let server: Server;
  let database: DbInstance;
  let faults: Faults;
  let players: DatabaseFaults;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "aoshingo-database-faults-"));
    const { certificate, privateKey } = await (await Authority.create()).sign(["127.0.0.1"]);
    database = new DbInstance({ dbName: "main", port: 5432 } as InstanceSettings, "", "", "", "", "");
    database.server = await EmbeddedServer.start({
      directory,
      ledger: new ProcessLedger(join(directory, "processes")),
      tls: { certificate, key: privateKey },
      instanceClass: "db.t4g.micro",
    });
    await database.server.createMaster({ username: "postgres", password: "p" });
    await database.server.createDatabase("main", "postgres");
    database.status = "available";
    server = createServer((socket) => database.accept(socket)).listen(0, "127.0.0.1");
    const clock = new CloudClock(1_000);
    const context: CloudContext = { ...silentCloud(), clock };
    faults = new Faults({ clock, emit: () => {}, log: () => {} });
    players = new DatabaseFaults(context, faults, () => [database]);
  });
  after(async () => {
    players?.close();
    server?.close();
    await database?.server?.remove();
    await rm(directory, { recursive: true, force: true });
  });

  async function connect(): Promise<Client> {
    const { port } = server.address() as AddressInfo;
    const client = new Client({
      ...{ host: "127.0.0.1", port, database: "main", user: "postgres", password: "p" },
      ssl: { rejectUnauthorized: false },
    });
    client.on("error", () => {});
    await client.connect();
    return client;
  }

  /** Resolves when a connection is taken. */
  async function untilBack(): Promise<Client> {
    for (;;) {
      const client = await connect().catch(() => undefined);
      if (client) return client;
    }
  }

  it("failover: connections break off, and what was committed is there when it is back", async () => {
    const client = await connect();
    await client.query("CREATE TABLE kept (i int)");
    await client.query("INSERT INTO kept VALUES (1)");
    const lost = new Promise<void>((resolve) => client.on("end", () => resolve()));
    faults.add({ kind: "failover", awaySeconds: 1_000_000 });
    await lost;
    const refused = await connect().catch((error: Error) => error);
    expect(refused).to.be.instanceOf(Error);
    expect(database.status).to.equal("rebooting");
    faults.clear();
    const again = await untilBack();
    expect((await again.query("SELECT i FROM kept")).rows).to.deep.equal([{ i: 1 }]);
    await again.end();
  });

  it("failover: is over by itself after its time", async () => {
    faults.add({ kind: "failover", awaySeconds: 1 });
    await (await untilBack()).end();
    while (faults.list().length > 0) await new Promise(setImmediate);
  });

  it("connectionsUsedUp: refuses new connections in PostgreSQL's words, until it is off", async () => {
    const open = await connect();
    faults.add({ kind: "connectionsUsedUp", database: "main" });
    let refused: Error | undefined;
    while (!refused)
      refused = await connect().then(
        (client) => client.end().then(() => undefined),
        (error: Error) => error,
      );
    expect(refused.message).to.match(/remaining connection slots are reserved|too many clients/);
    expect((await open.query("SELECT 1 AS one")).rows).to.deep.equal([{ one: 1 }]);
    faults.clear();
    await (await untilBack()).end();
    await open.end();
  });

  it("connectionsUsedUp: gives all back where others took connections at the same time", async () => {
    const taken = await Promise.all([database.useUpConnections(), database.useUpConnections()]);
    expect(await connect().catch((error: Error) => error)).to.be.instanceOf(Error);
    await Promise.all(taken.map((giveBack) => giveBack()));
    await (await untilBack()).end();
  });

  it("slowDatabase: each answer takes longer, until it is off", async () => {
    const client = await connect();
    faults.add({ kind: "slowDatabase", seconds: 200 });
    const startedAt = performance.now();
    await client.query("SELECT 1");
    expect(performance.now() - startedAt).to.be.at.least(200);
    faults.clear();
    await client.end();
  });

  it("are for the database that they name alone", () => {
    faults.add({ kind: "slowDatabase", database: "other" });
    expect(faults.list()[0]).to.include({ strikes: 0 });
    faults.clear();
  });
});
