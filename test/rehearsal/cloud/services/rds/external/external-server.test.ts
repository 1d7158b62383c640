import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { connect as connectTls } from "node:tls";
import { expect } from "chai";
import { Client, type ClientConfig } from "pg";
import { ensureUser, setPassword } from "../../../../../../components/database/function/service-user";
import { Authority } from "../../../../../../rehearsal/cloud/services/acm/model/authority";
import { ExternalServer } from "../../../../../../rehearsal/cloud/services/rds/external/external-server";
import {
  createMasterUser,
  dropMasterUser,
  masterUser,
} from "../../../../../../rehearsal/cloud/services/rds/external/master-users";
import { prepareServer } from "../../../../../../rehearsal/cloud/services/rds/external/prepare-server";
import type { DatabaseServer } from "../../../../../../rehearsal/cloud/services/rds/model/database-server";
import { sharedServer } from "../../../../../database";

const WANTED = { databases: ["main"], users: ["users"] };
const MASTER = { username: "postgres", password: "of the master" };
const OTHERWISE = "or no DATABASE_URL: the rehearsal then has servers of its own";

/** In a server without TLS that others use, too. */
describe("a server that is there already", () => {
  let url: string;
  let place: string;
  let owner: Client;
  let authority: Authority;

  before(async () => {
    ({ url } = await sharedServer());
    place = new URL(url).host;
    authority = await Authority.create();
    owner = new Client(url);
    await owner.connect();
    await owner.query("CREATE ROLE maker LOGIN CREATEDB CREATEROLE PASSWORD 'm@ker'");
    await owner.query("CREATE ROLE guest LOGIN PASSWORD 'hidden'");
  });
  after(async () => {
    await owner?.query("DROP ROLE maker");
    await owner?.query("DROP ROLE guest");
    await owner?.end();
  });

  const as = (user: string, password: string, database = "postgres") => {
    const other = new URL(url);
    return Object.assign(other, { username: user, password: encodeURIComponent(password), pathname: database }).href;
  };
  const prepared = (given: string, lines: string[] = []) => prepareServer(given, WANTED, (line) => lines.push(line));
  const refusalOf = (given: string) =>
    prepared(given).then(
      () => "not refused",
      ({ message }: Error) => message,
    );
  /** Everything in the server that a rehearsal could have made or changed. */
  const contents = async () =>
    (
      await owner.query(
        `SELECT datname AS name, datacl::text AS rights FROM pg_database UNION ALL SELECT rolname, rolpassword FROM pg_authid
          UNION ALL SELECT roleid::regrole || ' to ' || member::regrole, NULL FROM pg_auth_members ORDER BY 1`,
      )
    ).rows;

  const refused: [string, () => string, (at: string) => string][] = [
    [
      "a wrong password",
      () => as("maker", "hidden"),
      (at) => `given a password that the server at ${at} refuses for the user maker, wanted that user's password`,
    ],
    [
      "a database that is not there",
      () => as("maker", "m@ker", "none"),
      (at) => `given the database none, which the server at ${at} does not have, wanted one that it has`,
    ],
    [
      "a user without the rights",
      () => as("guest", "hidden"),
      () =>
        "given the user guest, who may not create databases and users, wanted a superuser, or one with both rights (ALTER ROLE guest CREATEDB CREATEROLE)",
    ],
  ];
  for (const [what, given, line] of refused)
    it(`refuses ${what}`, async () =>
      expect(await refusalOf(given())).to.equal(`DATABASE_URL: ${line(place)}, ${OTHERWISE}`));

  for (const [what, make, drop] of [
    ["database main", "CREATE DATABASE main", "DROP DATABASE main"],
    ["user users", "CREATE ROLE users", "DROP ROLE users"],
  ] as const)
    it(`refuses a server that has a ${what}, and changes nothing`, async () => {
      await owner.query(make);
      try {
        const before = await contents();
        expect(await refusalOf(url)).to.equal(
          `DATABASE_URL: given the server at ${place}, which has ${what} already, wanted a server without them, because the rehearsal makes its own of these names, ${OTHERWISE}`,
        );
        expect(await contents()).to.deep.equal(before);
      } finally {
        await owner.query(drop);
      }
    });

  it("refuses two databases of one name", async () => {
    const error = await prepareServer(url, { databases: ["main", "main"], users: [] }, () => {}).catch(
      (caught) => caught,
    );
    expect(error.message).to.contain("given one server for two databases that both are called main, wanted settings");
  });

  for (const admin of ["postgres", "maker"])
    describe(`with the rights of ${admin}`, () => {
      let beforehand: object[];
      let server: ExternalServer;
      let main: DatabaseServer;
      let listener: Server;
      const log: string[] = [];

      before(async () => {
        beforehand = await contents();
        const said: string[] = [];
        server = new ExternalServer(await prepared(admin === "maker" ? as("maker", "m@ker") : url, said), (line) =>
          log.push(line),
        );
        expect(said).to.deep.equal([
          `Databases are made in the PostgreSQL ${server.prepared.version} at ${place} (DATABASE_URL), and removed at the end`,
        ]);
        const { certificate, privateKey } = await authority.sign(["localhost"]);
        main = await server.open({ certificate, key: privateKey }, "db.t4g.micro");
        await main.createMaster(MASTER);
        await main.createDatabase("main", MASTER.username);
        listener = createServer((socket) => main.accept(socket)).listen(0, "127.0.0.1");
        await once(listener, "listening");
        const master = await connect();
        await ensureUser(master, "main", "users");
        await setPassword(master, "users", "of users");
        await master.end();
      });
      after(() => listener?.close());

      const port = () => (listener.address() as AddressInfo).port;
      async function connect(more: ClientConfig = {}): Promise<Client> {
        const client = new Client({
          ...{ host: "localhost", port: port(), database: "main", user: MASTER.username, password: MASTER.password },
          ssl: { ca: authority.pem },
          ...more,
        });
        client.on("error", () => {});
        await client.connect();
        return client;
      }
      const endOf = (client: Client) => new Promise<void>((resolve) => void client.once("end", () => resolve()));
      const users = { user: "users", password: "of users" };
      const codeOf = (more: ClientConfig) =>
        connect(more).then(
          async (client) => {
            await client.end();
            return "connected";
          },
          ({ code, message }: Error & { code?: string }) => code ?? message,
        );

      it("lets a service's user in by TLS with its certificate, which finds its schema", async () => {
        const client = await connect(users);
        await client.query("CREATE TABLE people (name text)");
        await client.query("INSERT INTO people VALUES ('Ada')");
        const { rows } = await client.query(
          "SELECT current_user AS me, current_schema AS schema, current_database() AS place",
        );
        await client.end();
        expect(rows).to.deep.equal([{ me: "users", schema: "users", place: "main" }]);
        expect(await main.rows("main", "users", "people")).to.deep.equal([{ name: "Ada" }]);
        expect(await main.rows("main", "users", "none")).to.deep.equal([]);
      });

      it("has a master user who is no superuser, under another name than that of the settings (B10)", async () => {
        const client = await connect();
        const { rows } = await client.query(
          "SELECT current_user AS me, usesuper FROM pg_user WHERE usename = current_user",
        );
        await client.end();
        expect(rows).to.deep.equal([{ me: `aoshingo_rehearsal_${server.prepared.id}_1`, usesuper: false }]);
      });

      for (const [what, more, code] of [
        ["without TLS (B8)", { ssl: false }, "28000"],
        ["with a wrong password", { ...users, password: "hidden" }, "28P01"],
        ["who wants somebody else's database", { ...users, database: "postgres" }, "3D000"],
      ] as const)
        it(`refuses a client ${what}`, async () => expect(await codeOf(more)).to.equal(code));

      it("takes a client that begins with TLS at once", async () => {
        const client = connectTls({
          ...{ host: "127.0.0.1", port: port(), servername: "localhost" },
          ...{ ca: authority.pem, ALPNProtocols: ["postgresql"] },
        });
        await once(client, "secureConnect");
        expect(client.alpnProtocol).to.equal("postgresql");
        client.write(Buffer.from("\0\0\0\x21\0\x03\0\0user\0users\0database\0main\0\0", "latin1"));
        const [answer] = (await once(client, "data")) as [Buffer];
        client.destroy();
        // Asks for a password.
        expect(answer.toString("latin1", 0, 1)).to.equal("R");
      });

      it("ends what a client asks it to cancel", async () => {
        const client = await connect(users);
        const sleeping = client.query("SELECT pg_sleep(60)").catch(({ code }: Error & { code?: string }) => code);
        const { processID, secretKey } = client as unknown as { processID: number; secretKey: number };
        const request = Buffer.alloc(16);
        for (const [index, word] of [16, 80_877_102, processID, secretKey].entries())
          request.writeInt32BE(word, index * 4);
        // Sent before the query has begun, it would do nothing.
        while (
          (await owner.query("SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'", [processID]))
            .rowCount === 0
        );
        const socket = connectTls({
          host: "127.0.0.1",
          port: port(),
          servername: "localhost",
          ca: authority.pem,
          ALPNProtocols: ["postgresql"],
        });
        await once(socket, "secureConnect");
        socket.end(request);
        expect(await sleeping).to.equal("57014");
        await client.end();
      });

      it("has no connection left, then has them again", async () => {
        const giveBack = await main.useUpConnections();
        expect(await codeOf(users)).to.equal("53300");
        await giveBack();
        expect(await codeOf(users)).to.equal("connected");
      });

      it("has the connections of its class (B7), and ends those there are when that changes (B12)", async () => {
        const client = await connect(users);
        const ended = endOf(client);
        await main.changeClass("db.t4g.small");
        await ended;
        const { rows } = await owner.query("SELECT datconnlimit AS most FROM pg_database WHERE datname = 'main'");
        expect(rows).to.deep.equal([{ most: 225 }]);
      });

      it("is lost with its connections, and has what was committed afterwards", async () => {
        const client = await connect(users);
        const ended = endOf(client);
        await main.crash();
        await ended;
        await main.recover();
        expect(await main.rows("main", "users", "people")).to.deep.equal([{ name: "Ada" }]);
      });

      for (const other of ["postgres", "maker"])
        it(`is not for another rehearsal of ${other} as long as this one runs`, async () =>
          expect(await refusalOf(other === "maker" ? as("maker", "m@ker") : url)).to.equal(
            `DATABASE_URL: given the server at ${place}, where another rehearsal has database main, user users, wanted a server of this rehearsal's own, or to wait until that one has ended, ${OTHERWISE}`,
          ));

      it("is as it was at the end", async () => {
        const client = await connect(users);
        await main.remove();
        await client.end();
        await server.close();
        expect(log).to.deep.equal([]);
        expect(await contents()).to.deep.equal(beforehand);
      });
    });

  it("is rid of what a killed rehearsal left, also of a half of it, and of nothing else", async () => {
    await owner.query("CREATE ROLE bystander");
    const beforehand = await contents();
    const left = masterUser("0123abcd", 1, ["users"]);
    await createMasterUser(owner, left, "hidden");
    await createMasterUser(owner, masterUser("0123abcd", 2, ["users"]), "hidden");
    await owner.query(`CREATE DATABASE main OWNER ${left.role}`);
    await owner.query("CREATE ROLE users LOGIN");
    // Not one that it said it would make.
    await owner.query(`GRANT users, bystander TO ${left.role}`);
    const said: string[] = [];
    await prepared(url, said);
    expect(said.slice(0, -1)).to.deep.equal([
      `Removed from ${place} what a killed rehearsal left there: main, users`,
      `Removed from ${place} what a killed rehearsal left there: nothing but a master user`,
    ]);
    expect(await contents()).to.deep.equal(beforehand);
    await owner.query("DROP ROLE bystander");
  });

  it("says what its user may not remove", async () => {
    const left = masterUser("0123abcd", 1, ["users"]);
    await createMasterUser(owner, left, "hidden");
    await owner.query(`CREATE DATABASE main OWNER ${left.role}`);
    expect(await refusalOf(as("maker", "m@ker"))).to.equal(
      `DATABASE_URL: given the user maker, who may not remove what a killed rehearsal left: main (must be owner of database main), wanted a superuser, or the user that it was started with, ${OTHERWISE}`,
    );
    await dropMasterUser(owner, left);
  });

  it("leaves a user of another owner who has a rehearsal's kind of name", async () => {
    await owner.query("CREATE ROLE aoshingo_rehearsal_mine");
    await prepared(url);
    expect((await owner.query("SELECT FROM pg_roles WHERE rolname = 'aoshingo_rehearsal_mine'")).rowCount).to.equal(1);
    await owner.query("DROP ROLE aoshingo_rehearsal_mine");
  });
});
