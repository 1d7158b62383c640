/** What a migration's transaction held and had read of one table, at one moment. */
export interface Snapshot {
  id: number;
  transaction: string;
  at: "start" | "end" | "commit";
  /** The statement, such as `CREATE INDEX users_email`. */
  statement: string;
  relation: number;
  name: string;
  /** A lock that makes requests wait; null if there is none. */
  mode: string | null;
  /** The migration itself made the table. */
  isNew: boolean;
  /** Rows of the table that the transaction has read. */
  rowsRead: number;
}

/** Rows that a migration read while requests had to wait. */
export interface TableLock {
  table: string;
  mode: string;
  statement: string;
  rows: number;
  /** Whether reading waits, too. */
  blocksReads: boolean;
}

/** Strongest first (PostgreSQL's manual, 13.3.1). */
const MODES = ["AccessExclusiveLock", "ExclusiveLock", "ShareRowExclusiveLock", "ShareLock"];

/** Returns the strongest lock of each table under which a statement read rows. */
export function workUnderLock(snapshots: readonly Snapshot[]): TableLock[] {
  const found = new Map<string, TableLock>();
  const before = new Map<string, Snapshot>();
  for (const snapshot of snapshots) {
    const { transaction, relation, name, at, rowsRead, isNew } = snapshot;
    const key = `${transaction} ${relation}`;
    const earlier = before.get(key);
    before.set(key, snapshot);
    // At the start of a statement, what was read since the last one was read by others between the two.
    const mode = at === "start" ? (earlier?.mode ?? null) : snapshot.mode;
    const statement = at === "start" ? "the same transaction" : snapshot.statement;
    const rows = rowsRead - (earlier?.rowsRead ?? 0);
    if (mode === null || isNew || rows <= 0) continue;
    const known = found.get(name);
    if (known && MODES.indexOf(known.mode) <= MODES.indexOf(mode)) continue;
    found.set(name, { table: name, mode, statement, rows, blocksReads: mode === MODES[0] });
  }
  return [...found.values()];
}
