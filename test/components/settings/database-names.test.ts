import { expect } from "chai";
import { Client } from "pg";
import { RESERVED_WORDS } from "../../../components/settings/database-names";
import { DATABASE_NAME } from "../../../components/settings/schema/database";
import { emptyDatabase } from "../../database";

describe("names of databases", () => {
  it("are no word that this machine's PostgreSQL reserves", async () => {
    const { PGHOST: host, PGPORT, PGDATABASE: database, PGUSER: user, PGPASSWORD: password } = await emptyDatabase();
    const client = new Client({ host, port: Number(PGPORT), database, user, password });
    await client.connect();
    const { rows } = await client.query<{ word: string }>(
      "SELECT word FROM pg_get_keywords() WHERE catcode IN ('R', 'T') ORDER BY word",
    );
    await client.end();
    const reserved = rows.map(({ word }) => word).filter((word) => DATABASE_NAME.test(word));
    expect(reserved).to.include.members(["user", "verbose"]);
    expect(reserved.filter((word) => !RESERVED_WORDS.has(word))).to.deep.equal([]);
  });
});
