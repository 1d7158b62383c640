import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Client } from "pg";
import { scramVerifier } from "../../../components/database/function/scram";
import { ensureUser, setPassword } from "../../../components/database/function/service-user";
import { Authority } from "../../../rehearsal/cloud/services/acm/model/authority";
import type { EmbeddedServer } from "../../../rehearsal/cloud/services/rds/model/embedded-server";
import { HOST, MASTER, startMainDatabase } from "./main-database";

describe("a service's user in a database", () => {
  let server: EmbeddedServer;
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), "aoshingo-users-"));
    server = await startMainDatabase(directory, await Authority.create());
    for (const user of ["users", "user_profiles"]) await make(user, `of ${user}`);
  });
  after(async () => {
    await server?.remove();
    await rm(directory, { recursive: true, force: true });
  });

  async function as<Result>(user: string, password: string, use: (client: Client) => Promise<Result>): Promise<Result> {
    const client = new Client({
      ...{ host: HOST, port: server.port, database: "main", user, password },
      ssl: { rejectUnauthorized: false },
    });
    await client.connect();
    return use(client).finally(() => client.end());
  }

  const make = (user: string, password: string) =>
    as(MASTER.username, MASTER.password, async (admin) => {
      await ensureUser(admin, "main", user);
      await setPassword(admin, user, password);
    });
  const run = (user: string, sql: string) =>
    as(user, `of ${user}`, (client) => client.query(sql)).then(
      ({ rows }) => rows as unknown,
      ({ message }: Error) => message,
    );

  it("has a schema of its own, which it finds without naming it", async () => {
    await run("users", "CREATE TABLE people (name text)");
    expect(await run("users", "SELECT schemaname, tableowner FROM pg_tables WHERE tablename = 'people'")).to.deep.equal(
      [{ schemaname: "users", tableowner: "users" }],
    );
  });

  for (const [what, sql, refusal] of [
    ["another service's schema", "SELECT * FROM users.people", "permission denied for schema users"],
    ["the schema public", "CREATE TABLE public.t (i int)", "permission denied for schema public"],
    ["schemas beside its own", "CREATE SCHEMA more", "permission denied for database main"],
    ["users", "CREATE ROLE other", "permission denied to create role"],
  ] as const)
    it(`has no right to ${what}`, async () => expect(await run("user_profiles", sql)).to.equal(refusal));

  it("can let another one read, by a right that it gives itself", async () => {
    await run("users", "GRANT USAGE ON SCHEMA users TO user_profiles");
    await run("users", "GRANT SELECT ON people TO user_profiles");
    expect(await run("user_profiles", "SELECT * FROM users.people")).to.deep.equal([]);
  });

  it("stays as it is when it is made again, also twice at once", async () => {
    await Promise.all([make("users", "of users"), make("users", "of users")]);
    expect(await run("users", "SELECT count(*)::int FROM people")).to.deep.equal([{ count: 0 }]);
  });

  it("is locked out by the statements of the runbook, until it may log in again", async () => {
    const page = readFileSync(join(__dirname, "../../../docs/runbook/database-restore.md"), "utf8");
    const lockOut = /```sql\n([^`]*)```/.exec(page)![1]!;
    const asMaster = (sql: string) => as(MASTER.username, MASTER.password, (admin) => admin.query(sql));
    const ended = as("users", "of users", async (client) => {
      client.on("error", () => {});
      await asMaster(lockOut);
      return client.query("SELECT 1");
    });
    expect(
      await ended.then(
        () => "works",
        ({ message }: Error) => message,
      ),
    ).to.contain("connection");
    expect(await run("users", "SELECT 1")).to.equal('role "users" is not permitted to log in');
    const made = await make("users", "of users").catch((caught: Error) => caught);
    expect((made as Error).message).to.equal(
      'the user users in the database main may not log in, because somebody has locked it out (NOLOGIN): when that may end, run ALTER ROLE "users" LOGIN as the master user, then try again',
    );
    expect(await run("users", "SELECT 1")).to.equal('role "users" is not permitted to log in');
    await asMaster(/`(ALTER ROLE "users" LOGIN;)`/.exec(page)![1]!);
    expect(await run("users", "SELECT 1 AS one")).to.deep.equal([{ one: 1 }]);
  });

  it("gets its password as a verifier, which only that password fits", () => {
    const salt = Buffer.alloc(16, 1);
    expect(scramVerifier("pencil", salt)).to.equal(scramVerifier("pencil", salt));
    expect(scramVerifier("pencil", salt)).not.to.equal(scramVerifier("pencils", salt));
    expect(scramVerifier("pencil", salt)).to.match(
      /^SCRAM-SHA-256\$4096:AQEBAQEBAQEBAQEBAQEBAQ==\$[\w+/]{43}=:[\w+/]{43}=$/,
    );
  });
});
