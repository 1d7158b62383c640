import { expect } from "chai";
import { Client } from "pg";
import { emptyDatabase, setVariables, sharedServer } from "../../../test/database";
import { Database, DatabaseUnavailable } from "../database";
import { MemoryUsers } from "../memory-users";
import { PostgresUsers } from "../postgres-users";
import type { UserStore } from "../user-store";
import { ended, runFile } from "./service-process";

const ids = (users: { id: string }[] | undefined) => users?.map(({ id }) => id);

const STORES: Record<string, (database: Database) => UserStore> = {
  "in memory": () => new MemoryUsers(),
  "in PostgreSQL": (database) => new PostgresUsers(database),
};

describe("users", function () {
  this.timeout(10 * 60_000);
  let variables: Record<string, string>;
  let leave: () => void;

  before(async () => {
    variables = await emptyDatabase();
    leave = setVariables(variables);
    expect(await ended(runFile("migrate.ts", variables))).to.deep.equal({
      code: 0,
      stdout: "applied 1_users\n",
      stderr: "",
    });
  });
  after(() => leave());

  for (const [where, open] of Object.entries(STORES)) {
    describe(where, () => {
      let database: Database;
      let store: UserStore;
      before(() => {
        database = new Database(undefined);
        store = open(database);
      });
      after(() => database.close());

      it("are kept, each id once", async () => {
        expect(await store.count()).to.equal(0);
        for (let number = 1; number <= 5; number += 1)
          expect(await store.add({ id: `u${number}`, name: `name ${number}` })).to.equal(true);
        expect(await store.add({ id: "u1", name: "other" })).to.equal(false);
        expect(await store.get("u1")).to.deep.equal({ id: "u1", name: "name 1" });
        expect(await store.get("u9")).to.equal(undefined);
      });

      it("are listed newest first, page by page, each once", async () => {
        expect(ids(await store.list(2))).to.deep.equal(["u5", "u4"]);
        expect(ids(await store.list(2, "u4"))).to.deep.equal(["u3", "u2"]);
        expect(ids(await store.list(2, "u2"))).to.deep.equal(["u1"]);
        expect(ids(await store.list(2, "u1"))).to.deep.equal([]);
        expect(await store.list(2, "nobody")).to.equal(undefined);
      });

      it("are removed once", async () => {
        expect(await store.remove("u3")).to.equal(true);
        expect(await store.remove("u3")).to.equal(false);
        expect(ids(await store.list(10))).to.deep.equal(["u5", "u4", "u2", "u1"]);
      });
    });
  }

  describe("of a deploy", () => {
    it("are known to every instance, and survive a crash of the server", async () => {
      const databases = [new Database(undefined), new Database(undefined)] as const;
      const [one, another] = [new PostgresUsers(databases[0]), new PostgresUsers(databases[1])];
      try {
        await one.add({ id: "shared", name: "Aoi" });
        expect(await another.get("shared")).to.deep.equal({ id: "shared", name: "Aoi" });
        const server = await sharedServer();
        await server.stop("immediate");
        let reason: unknown;
        await one.add({ id: "lost", name: "Ren" }).catch((error: unknown) => {
          reason = error;
        });
        expect(reason).to.be.instanceOf(DatabaseUnavailable);
        await server.start();
        expect(await one.get("shared")).to.deep.equal({ id: "shared", name: "Aoi" });
        expect(await another.get("lost")).to.equal(undefined);
      } finally {
        await Promise.all(databases.map((database) => database.close()));
      }
    });

    it("are not migrated twice", async () => {
      expect(await ended(runFile("migrate.ts", variables))).to.deep.equal({
        code: 0,
        stdout: "nothing to migrate\n",
        stderr: "",
      });
    });

    it("are lost to the release in production by a migration that removes what it reads", async () => {
      const other = await emptyDatabase();
      await ended(runFile("migrate.ts", other));
      const { code, stdout } = await ended(runFile("migrate.ts", { ...other, FAULT: "contractTooEarly" }));
      expect([code, stdout]).to.deep.equal([0, "applied 1_drop_name\n"]);
      const leaveOther = setVariables(other);
      const production = new Database(undefined);
      try {
        const refused = await new PostgresUsers(production).list(1).catch((error: Error) => error.message);
        expect(refused).to.equal('column "name" does not exist');
      } finally {
        await production.close();
        leaveOther();
        leave = setVariables(variables);
      }
    });

    it("make a migration give up on a lock that others need, and nothing is changed", async () => {
      const other = await emptyDatabase();
      const holder = new Client({ database: other.PGDATABASE! });
      await holder.connect();
      try {
        await holder.query("CREATE TABLE migrations (id serial PRIMARY KEY, name text, run_on timestamp)");
        await holder.query("BEGIN; LOCK TABLE migrations IN ACCESS EXCLUSIVE MODE");
        const { code, stderr } = await ended(runFile("migrate.ts", other));
        expect(code).to.equal(1);
        expect(stderr).to.contain("lock timeout");
        await holder.query("ROLLBACK");
        expect((await holder.query("SELECT to_regclass('users') AS users")).rows).to.deep.equal([{ users: null }]);
      } finally {
        await holder.end();
      }
    });
  });
});
