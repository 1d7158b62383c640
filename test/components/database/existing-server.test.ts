import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { Client, escapeIdentifier } from "pg";
import { check, credentialsIn, explained } from "../../../components/database/function/existing-server";
import { ensureUser, setPassword } from "../../../components/database/function/service-user";
import { emptyDatabase } from "../../database";

const EXISTING = { path: "aoshingo:databases.main.existing", owner: "shop/prod/users", group: "sg-1" };
const AT = EXISTING.path;

/** On a real server that has data, users and rights of its owner before. */
describe("a server that existed before", () => {
  let place: { host: string; port: number; database: string };
  let owner: Client;

  before(async () => {
    const { PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD } = await emptyDatabase();
    place = { host: PGHOST!, port: Number(PGPORT), database: PGDATABASE! };
    owner = await connect({ user: PGUSER!, password: PGPASSWORD! });
    await owner.query("CREATE ROLE old_master LOGIN CREATEROLE PASSWORD 'p'");
    await owner.query("CREATE ROLE new_master LOGIN CREATEROLE PASSWORD 'p'");
    await owner.query("CREATE ROLE table_owner LOGIN CREATEROLE PASSWORD 'p'");
    await owner.query("CREATE ROLE nobody_special LOGIN PASSWORD 'p'");
    await owner.query("CREATE ROLE shop LOGIN PASSWORD 'of the shop'");
    await owner.query("CREATE SCHEMA doodle AUTHORIZATION shop");
    await owner.query(`GRANT CREATE ON DATABASE ${escapeIdentifier(place.database)} TO old_master`);
    await owner.query("GRANT ALL ON SCHEMA public TO PUBLIC");
  });
  after(async () => {
    await owner.query("DROP SCHEMA IF EXISTS users, billing, doodle CASCADE");
    for (const role of [
      "store_owner",
      "billing",
      "table_owner",
      "users",
      "new_master",
      "old_master",
      "nobody_special",
      "shop",
    ])
      await owner.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`);
    await owner.end();
  });

  async function connect({ user, password }: { user: string; password: string }): Promise<Client> {
    const client = new Client({ ...place, user, password });
    await client.connect();
    return client;
  }

  async function as<Result>(user: string, use: (client: Client) => Promise<Result>, password = "p"): Promise<Result> {
    const client = await connect({ user, password });
    return use(client).finally(() => client.end());
  }

  const request = (user = "users") => ({ ...place, user, existing: { ...EXISTING, owner: `shop/prod/${user}` } });
  const refusalOf = (admin: string, user = "users") =>
    as(admin, (client) => check(client, request(user), request(user).existing)).then(
      () => null,
      ({ message }: Error) => message,
    );

  it("is taken with a master user who may create users, and changes by nothing but the user and its schema", async () => {
    expect(await refusalOf("old_master")).to.equal(null);
    const rights = async () =>
      (
        await owner.query(
          "SELECT datacl::text, (SELECT nspacl::text FROM pg_namespace WHERE nspname = 'public') AS nspacl FROM pg_database WHERE datname = current_database()",
        )
      ).rows[0];
    const before = await rights();
    await as("old_master", async (admin) => {
      await ensureUser(admin, place.database, "users", "shop/prod/users");
      await setPassword(admin, "users", "of users");
    });
    expect(await rights()).to.deep.equal(before);
    const { rows } = await as("users", (client) => client.query("SELECT current_schema() AS schema"), "of users");
    expect(rows).to.deep.equal([{ schema: "users" }]);
  });

  it("is taken again for the same service, and not for that of another stack", async () => {
    expect(await refusalOf("old_master")).to.equal(null);
    const staging = { ...EXISTING, owner: "shop/staging/users" };
    const error = await as("old_master", (admin) => check(admin, request(), staging)).catch((caught: Error) => caught);
    expect((error as Error).message).to.equal(
      `${AT}: given a server that has a user users already (of shop/prod/users), whose password the service users would change, wanted a service of another name, or to drop that user if nobody needs it`,
    );
  });

  it("is taken again after a run that ended between any two of its statements", async () => {
    let isWhole = false;
    for (let statements = 1; !isWhole; statements++) {
      const ending = as("old_master", (admin) =>
        ensureUser(endingAfter(statements, admin), place.database, "orders", "shop/prod/orders"),
      );
      isWhole = await ending.then(
        () => true,
        () => false,
      );
      expect(await refusalOf("old_master", "orders"), `after ${statements} statements`).to.equal(null);
      await owner.query("DROP SCHEMA IF EXISTS orders");
      await owner.query("DROP OWNED BY orders; DROP ROLE orders").catch(() => {});
    }
  });

  /** A connection that breaks off after so many statements. */
  function endingAfter(statements: number, admin: Client): Client {
    const query = admin.query.bind(admin) as (...asked: unknown[]) => Promise<unknown>;
    let left = statements;
    const counted = (...asked: unknown[]) =>
      left-- > 0 ? query(...asked) : Promise.reject(new Error("the function has ended"));
    return Object.assign(admin, { query: counted });
  }

  it("is refused with another master user who may not change the service's user, until the first one gives the right", async () => {
    await owner.query(`GRANT CREATE ON DATABASE ${escapeIdentifier(place.database)} TO new_master`);
    const remedy = "GRANT users TO new_master WITH ADMIN OPTION";
    expect(await refusalOf("new_master")).to.equal(
      `${AT}.secret: given the user new_master, who may not change the user users that another master user made, wanted that one, or this right: run ${remedy} as that one or a superuser`,
    );
    await as("old_master", (admin) => admin.query(remedy));
    expect(await refusalOf("new_master")).to.equal(null);
    await as("new_master", async (admin) => {
      await ensureUser(admin, place.database, "users", "shop/prod/users");
      await setPassword(admin, "users", "of users");
    });
  });

  describe("whose tables are the master user's own", () => {
    before(async () => {
      await owner.query(`GRANT CREATE ON DATABASE ${escapeIdentifier(place.database)} TO table_owner`);
      await as("table_owner", async (admin) => {
        await admin.query("CREATE TABLE public.orders (id int)");
        await ensureUser(admin, place.database, "billing", "shop/prod/billing");
        await setPassword(admin, "billing", "of billing");
      });
    });

    it("lets a service's migrations change them by the statements of the document", async () => {
      const page = readFileSync(join(__dirname, "../../../docs/databases.md"), "utf8");
      const statements = /```sql\n(CREATE ROLE store_owner[^`]*)```/.exec(page)![1]!;
      await as("table_owner", (admin) => admin.query(statements.replace("shop, users", "table_owner, billing")));
      await as("billing", (client) => client.query("ALTER TABLE orders ADD COLUMN total int"), "of billing");
      expect(await refusalOf("table_owner", "billing")).to.equal(null);
      await as("table_owner", (admin) => ensureUser(admin, place.database, "billing", "shop/prod/billing"));
    });

    it("is refused where the service's user is a member of the master user, which PostgreSQL takes in one direction only", async () => {
      const grant = () => owner.query("GRANT table_owner TO billing");
      const error = await grant().catch((caught: Error) => caught);
      expect((error as Error).message).to.equal('role "table_owner" is a member of role "billing"');
      // As after another master user has made it.
      await owner.query("REVOKE billing FROM table_owner CASCADE");
      await grant();
      expect(await refusalOf("table_owner", "billing")).to.equal(
        `${AT}.secret: given the user table_owner, of which the user billing is a member, wanted one of which it is none: run REVOKE table_owner FROM billing, and let migrations change tables by a third role that owns them (docs/databases.md)`,
      );
    });
  });

  for (const [what, admin, user, refusal] of [
    [
      "a user of the owner's own with the service's name",
      "old_master",
      "shop",
      `${AT}: given a server that has a user shop already, whose password the service shop would change, wanted a service of another name, or to drop that user if nobody needs it`,
    ],
    [
      "a schema of the owner's own with the service's name",
      "old_master",
      "doodle",
      `${AT}: given a database that has a schema doodle of shop already, which is the name of that of the service doodle, wanted a service of another name, or to rename that schema`,
    ],
    [
      "a master user who may not create users",
      "nobody_special",
      "other",
      `${AT}.secret: given the user nobody_special, who may not create users, wanted the master user, or one with CREATEROLE`,
    ],
  ] as const)
    it(`is refused with ${what}, and stays as it was`, async () => {
      expect(await refusalOf(admin, user)).to.equal(refusal);
      await as("shop", async () => {}, "of the shop");
    });

  it("is refused with a master user who may not create schemas, or let others connect", async () => {
    const name = escapeIdentifier(place.database);
    await owner.query(`REVOKE CREATE ON DATABASE ${name} FROM old_master`);
    expect(await refusalOf("old_master", "other")).to.equal(
      `${AT}.secret: given the user old_master, who may not create schemas in ${place.database}, wanted one who may: run GRANT CREATE ON DATABASE ${place.database} TO old_master as the database's owner`,
    );
    await owner.query(`GRANT CREATE, CONNECT ON DATABASE ${name} TO old_master`);
    await owner.query(`REVOKE CONNECT ON DATABASE ${name} FROM PUBLIC`);
    expect(await refusalOf("old_master", "other")).to.contain(
      `GRANT CONNECT ON DATABASE ${place.database} TO old_master`,
    );
    await owner.query(`GRANT CONNECT ON DATABASE ${name} TO PUBLIC`);
    expect(await refusalOf("old_master", "other")).to.equal(null);
  });

  describe("says of a connection that fails what is to be mended", () => {
    const says = async (attempt: () => Promise<unknown>, change: object = {}) => {
      const error = await explained({ ...request(), ...change }, attempt).catch((caught: Error) => caught);
      return error as Error;
    };
    const failing =
      (code: string, message = "m") =>
      () =>
        Promise.reject(Object.assign(new Error(message), { code }));

    it("a wrong password, a database that is not there, and a server without TLS, as PostgreSQL itself answers", async () => {
      const tried = async (change: object) =>
        (
          await says(
            async () => {
              const client = new Client({ ...place, user: "old_master", password: "p", ...change });
              await client.connect().finally(() => void client.end().catch(() => {}));
            },
            { database: "nothing" },
          )
        ).message;
      expect(await tried({ password: "wrong" })).to.contain(`${AT}.secret: given a password or user that `);
      expect(await tried({ database: "nothing" })).to.equal(
        `${AT}.database: given nothing, wanted a database of the server: database "nothing" does not exist`,
      );
      expect(await tried({ ssl: {} })).to.equal(
        `${AT}.host: given ${place.host}:${place.port}, which has no TLS, wanted a server with it`,
      );
    });

    for (const [code, message, part] of [
      ["ENOTFOUND", "m", ".host: given 127.0.0.1, wanted a name that the VPC resolves"],
      ["ECONNREFUSED", "m", ".port: given "],
      ["", "timeout expired", "lets in the security group sg-1 and those of the services on port"],
      ["SELF_SIGNED_CERT_IN_CHAIN", "m", ".certificates: given others (SELF_SIGNED_CERT_IN_CHAIN)"],
      ["ERR_TLS_CERT_ALTNAME_INVALID", "m", "the name that the server's certificate has"],
      ["CERT_HAS_EXPIRED", "m", "whose certificate has expired"],
      ["53300", "m", "which has no connection left"],
    ] as const)
      it(`${code || message}`, async () => {
        const error = await says(failing(code, message));
        expect(error.message).to.contain(`${AT}`).and.contain(part);
        expect(error.stack, "Lambda would show it").to.equal("");
      });

    it("a secret that its own policy keeps from the function", async () => {
      const denied = Object.assign(new Error("not authorised"), { name: "AccessDeniedException" });
      expect((await says(() => Promise.reject(denied))).message).to.equal(
        `${AT}.secret: given one that the function may not read, wanted one whose own policy, and that of its key, let it: not authorised`,
      );
    });

    it("and passes on what it does not know", async () => {
      expect((await says(failing("XX000", "internal"))).message).to.equal("internal");
    });
  });

  it("reads a secret of RDS's form, and repeats nothing of one of another form", () => {
    expect(credentialsIn('{"username": "u", "password": "p", "engine": "postgres"}', EXISTING)).to.include({
      ...{ username: "u", password: "p" },
    });
    for (const value of [undefined, "hunter2", '{"user": "hunter2"}', '"hunter2"', "null"])
      expect(() => credentialsIn(value, EXISTING))
        .to.throw(`${AT}.secret: given a secret with`)
        .with.property("message")
        .that.does.not.include("hunter2");
  });
});
