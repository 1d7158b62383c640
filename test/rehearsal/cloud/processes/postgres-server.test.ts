import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Client, type ClientConfig } from "pg";
import { freePort } from "../../../../rehearsal/cloud/processes/free-port";
import { type PostgresOptions, PostgresServer } from "../../../../rehearsal/cloud/processes/postgres-server";
import { ProcessLedger } from "../../../../rehearsal/cloud/processes/process-ledger";
import { Authority } from "../../../../rehearsal/cloud/services/acm/model/authority";
import { failureOf } from "../../../failure-of";

const HOST = "127.0.0.1";

describe("PostgresServer", () => {
  let server: PostgresServer;

  before(async () => {
    server = await PostgresServer.start(await options({ parameters: { max_connections: "12" } }));
  });
  after(() => server?.remove());

  it("takes the settings that it is given", async () => {
    expect(await rows(server.url, "show max_connections")).to.deep.equal([{ max_connections: "12" }]);
  });

  it("refuses a wrong password", async () => {
    const wrong = new URL(server.url);
    wrong.password = "other";
    expect((await failureOf(rows(String(wrong), "select 1"))).message).to.contain("password authentication failed");
  });

  it("keeps what was committed when it crashes", async () => {
    await rows(server.url, "create table kept (id int)");
    await rows(server.url, "insert into kept values (1)");
    await server.stop("immediate");
    expect(server.isRunning).to.equal(false);
    await server.start();
    expect(await rows(server.url, "select id from kept")).to.deep.equal([{ id: 1 }]);
  });

  it("ends the sessions of its clients when it stops fast", async () => {
    const client = new Client(server.url);
    const lost = new Promise<Error>((resolve) => client.on("error", resolve));
    await client.connect();
    await server.stop("fast");
    expect((await lost).message).to.contain("terminating connection due to administrator command");
    await server.start();
  });

  it("says in one line why it does not start", async () => {
    const given = await options({ port: Number(new URL(server.url).port) });
    expect((await failureOf(PostgresServer.start(given))).message).to.match(
      /^PostgreSQL cannot run here: .*could not bind.*$/,
    );
    await rm(given.directory, { recursive: true });
  });

  it("takes connections by TLS only, if it has a certificate", async () => {
    const authority = await Authority.create();
    const { certificate, privateKey } = await authority.sign(["localhost"]);
    const secure = await PostgresServer.start(await options({ tls: { certificate, key: privateKey } }));
    try {
      const encrypted = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
      const ssl = { ca: authority.pem, servername: "localhost" };
      expect(await rows(secure.url, encrypted, ssl)).to.deep.equal([{ ssl: true }]);
      expect((await failureOf(rows(secure.url, "select 1"))).message).to.contain("no encryption");
    } finally {
      await secure.remove();
    }
  });
});

async function options(changes: Partial<PostgresOptions>): Promise<PostgresOptions> {
  const directory = await mkdtemp(join(tmpdir(), "aoshingo-postgres-"));
  const ledger = new ProcessLedger(join(directory, "processes"));
  const login = { superuser: "postgres", password: "p@ss/word" };
  return { directory, host: HOST, port: await freePort(HOST), ...login, ledger, ...changes };
}

async function rows(connectionString: string, sql: string, ssl?: ClientConfig["ssl"]): Promise<unknown[]> {
  const client = new Client({ connectionString, ssl });
  try {
    await client.connect();
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
