import { expect } from "chai";
import { emptyDatabase, setVariables } from "../../../test/database";
import { Database } from "../database";
import { MemoryPolls, type PollStore, PostgresPolls } from "../poll-store";
import { ended, runFile } from "./service-process";

const STORES: Record<string, (database: Database) => PollStore> = {
  "in memory": () => new MemoryPolls(),
  "in PostgreSQL": (database) => new PostgresPolls(database),
};

describe("polls", function () {
  this.timeout(10 * 60_000);
  let leave: () => void;

  before(async () => {
    const variables = await emptyDatabase();
    const { code, stdout } = await ended(runFile("migrate.ts", variables));
    expect([code, stdout]).to.deep.equal([0, "applied 1_polls\n"]);
    leave = setVariables(variables);
  });
  after(() => leave());

  for (const [where, open] of Object.entries(STORES)) {
    it(`are kept ${where}, each id once, newest first`, async () => {
      const database = new Database(undefined);
      try {
        const polls = open(database);
        for (const id of ["p1", "p2", "p3"]) await polls.add({ id, title: `about ${id}` });
        await polls.add({ id: "p1", title: "other" });
        expect([await polls.has("p1"), await polls.has("p9")]).to.deep.equal([true, false]);
        expect([await polls.remove("p2"), await polls.remove("p2")]).to.deep.equal([true, false]);
        expect(await polls.newest(2)).to.deep.equal([
          { id: "p3", title: "about p3" },
          { id: "p1", title: "about p1" },
        ]);
        expect(await polls.newest(1)).to.have.lengthOf(1);
      } finally {
        await database.close();
      }
    });
  }
});
