import { expect } from "chai";
import { type Snapshot, workUnderLock } from "../../../rehearsal/prove/table-locks";

let id = 0;
const snapshot = (
  at: Snapshot["at"],
  statement: string,
  mode: string | null,
  rowsRead: number,
  more: Partial<Snapshot> = {},
): Snapshot => {
  id += 1;
  return { id, transaction: "1", at, statement, relation: 7, name: "users", mode, isNew: false, rowsRead, ...more };
};

describe("workUnderLock", () => {
  it("tells the statement that reads rows under a lock, and how many", () => {
    const found = workUnderLock([
      snapshot("start", "CREATE INDEX", null, 0),
      snapshot("end", "CREATE INDEX users_email", "ShareLock", 50),
    ]);
    expect(found).to.deep.equal([
      { table: "users", mode: "ShareLock", statement: "CREATE INDEX users_email", rows: 50, blocksReads: false },
    ]);
  });

  it("says nothing of a lock under which nothing is read", () => {
    const snapshots = [
      snapshot("start", "ALTER TABLE", null, 0),
      snapshot("end", "ALTER TABLE users", "AccessExclusiveLock", 0),
    ];
    expect(workUnderLock(snapshots)).to.deep.equal([]);
  });

  it("says nothing of rows that were read before the lock", () => {
    const snapshots = [
      snapshot("start", "ALTER TABLE", null, 50),
      snapshot("end", "ALTER TABLE users", "AccessExclusiveLock", 50),
    ];
    expect(workUnderLock(snapshots)).to.deep.equal([]);
  });

  it("tells of what the same transaction reads while it still has the lock", () => {
    const snapshots = [
      snapshot("end", "ALTER TABLE users", "AccessExclusiveLock", 0),
      snapshot("start", "ALTER TABLE", "AccessExclusiveLock", 50),
    ];
    expect(workUnderLock(snapshots)[0]).to.include({ statement: "the same transaction", rows: 50, blocksReads: true });
  });

  it("says nothing of a table that the migration has made itself", () => {
    expect(workUnderLock([snapshot("end", "CREATE INDEX a", "ShareLock", 50, { isNew: true })])).to.deep.equal([]);
  });
});
