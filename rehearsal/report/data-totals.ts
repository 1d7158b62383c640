import type { RequestSample, StoredRow, StoredTable, TrafficStream } from "../traffic/types";
import type { DataTotals } from "./types";

/** The sign for the POST's id in what it leaves. */
const ID = /<id>/g;

type Row = StoredTable["rows"][number];

/**
 * Compares what is in databases at the end with what clients stored in them.
 * @param requests of all streams
 */
export function dataTotals(
  tables: readonly StoredTable[],
  streams: readonly Pick<TrafficStream, "name" | "stores">[],
  requests: readonly RequestSample[],
): DataTotals {
  const totals = { rows: tables.reduce((sum, { rows }) => sum + rows.length, 0), lost: 0, doubled: 0, changed: 0 };
  for (const { service, table, rows } of tables) {
    const byId = rowsById(rows);
    for (const { name, stores = [] } of streams) {
      const posts = requests.filter(({ stream, postId }) => stream === name && postId !== "");
      for (const stored of stores.filter((one) => one.service === service && one.table === table)) {
        for (const { postId, error } of posts) {
          const found = byId.get(postId) ?? [];
          // Whether a POST that failed has left something is not known.
          if (found.length === 0 && error === "") totals.lost += 1;
          if (found.length > 1) totals.doubled += 1;
          if (found.some((row) => !isAsStored(row, stored, postId))) totals.changed += 1;
        }
      }
    }
  }
  return totals;
}

/** True if the database has each row that was answered for, once and as it was stored. */
export function isIntact({ lost, doubled, changed }: DataTotals): boolean {
  return lost + doubled + changed === 0;
}

function rowsById(rows: readonly Row[]): ReadonlyMap<unknown, Row[]> {
  const byId = new Map<unknown, Row[]>();
  for (const row of rows) {
    const same = byId.get(row.id);
    if (same) same.push(row);
    else byId.set(row.id, [row]);
  }
  return byId;
}

function isAsStored(row: Row, { values }: StoredRow, postId: string): boolean {
  return Object.entries(values).every(([column, value]) => row[column] === value.replace(ID, postId));
}
