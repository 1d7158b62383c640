import { assert } from "chai";
import { migrationText, schemaChanges } from "../../../../automation/observe/migration/migration-text";

const USERS = {
  "table users": "",
  "column users.id": "integer not null",
  "index users_pkey": "CREATE UNIQUE INDEX users_pkey ON app.users USING btree (id)",
};

describe("what a migration changed", () => {
  const table: { title: string; before: Record<string, string>; after: Record<string, string>; changes: string[] }[] = [
    { title: "nothing", before: USERS, after: USERS, changes: [] },
    { title: "a new table is named without its parts", before: {}, after: USERS, changes: ["table users added"] },
    { title: "so is one that is gone", before: USERS, after: {}, changes: ["table users dropped"] },
    {
      title: "a table is not taken for one whose name begins the same",
      before: USERS,
      after: { ...USERS, "table users_old": "", "column users_old.id": "integer", "column users.name": "text" },
      changes: ["table users_old added", "column users.name added (text)"],
    },
    {
      title: "a renamed column is one that is gone and one that is new",
      before: { ...USERS, "column users.name": "text not null" },
      after: { ...USERS, "column users.full_name": "text not null" },
      changes: ["column users.full_name added (text not null)", "column users.name dropped"],
    },
    {
      title: "another type",
      before: { ...USERS, "column users.name": "text" },
      after: { ...USERS, "column users.name": "character varying(10)" },
      changes: ["column users.name: text -> character varying(10)"],
    },
    {
      title: "indexes and lists of values",
      before: { ...USERS, "type kind": "a, b" },
      after: {
        ...USERS,
        "type kind": "a, b, c",
        "index by_name": "CREATE INDEX by_name ON app.users USING btree (name)",
      },
      changes: ["index by_name added", "type kind changed"],
    },
  ];
  for (const { title, before, after, changes } of table)
    it(title, () => assert.deepEqual(schemaChanges(before, after), changes));

  it("is cut where it is more than people read", () => {
    const columns = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`column users.c${index}`, "text"]));
    assert.match(
      migrationText(USERS, { ...USERS, ...columns }, []),
      /^column users\.c0 added .*c4 added \(text\); 4 more; no lock/,
    );
  });
});

describe("an index that a concurrent build has left not valid", () => {
  const left = { ...USERS, "index by_name": "CREATE INDEX by_name ON app.users USING btree (name) (not valid)" };
  const locks = "no lock seen that requests wait for";

  it("is named by the run that leaves it, also in a new table", () => {
    assert.equal(
      migrationText(USERS, left, []),
      `index by_name added; index by_name is not valid: nothing uses it until it is dropped and created again; ${locks}`,
    );
    assert.include(migrationText({}, left, []), "index by_name is not valid");
  });

  it("is named by a run that skips it", () => {
    assert.equal(
      migrationText(left, left, []),
      `no change of the schema; index by_name is not valid: nothing uses it until it is dropped and created again; ${locks}`,
    );
  });

  it("is not named once it is gone", () =>
    assert.equal(migrationText(left, USERS, []), `index by_name dropped; ${locks}`));
});

describe("which locks a migration held", () => {
  const lock = { relation: "users", mode: "AccessExclusiveLock", heldMs: 0, waitedMs: 0, waiting: 0, longestWaitMs: 0 };
  const text = (...locks: (typeof lock)[]) => migrationText({}, {}, locks).replace("no change of the schema; ", "");

  it("is said with who waited, and for how long", () => {
    assert.equal(text(), "no lock seen that requests wait for");
    assert.equal(text({ ...lock, heldMs: 40 }), "AccessExclusiveLock on users held for 40 ms");
    assert.equal(
      text({ ...lock, heldMs: 1240, waitedMs: 300, waiting: 1, longestWaitMs: 1100 }),
      "AccessExclusiveLock on users held for 1.2 s after a wait of 300 ms, 1 session waited behind it for up to 1.1 s",
    );
    assert.equal(
      text({ ...lock, waitedMs: 2010, waiting: 7, longestWaitMs: 1900 }),
      "waited 2.0 s for AccessExclusiveLock on users and did not get it, 7 sessions waited behind it for up to 1.9 s",
    );
  });

  it("is one for each table and kind, over all sessions", () => {
    const share = { ...lock, mode: "ShareLock", heldMs: 10 };
    assert.equal(
      text({ ...lock, heldMs: 500 }, share, { ...lock, heldMs: 700, waiting: 2, longestWaitMs: 5 }),
      "AccessExclusiveLock on users held for 1.2 s, 2 sessions waited behind it for up to 5 ms; ShareLock on users held for 10 ms",
    );
  });
});
