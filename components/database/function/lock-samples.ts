import type { Client } from "pg";

/** A lock on a table or index that others may have to wait for. */
export interface ObservedLock {
  relation: string;
  /** As PostgreSQL names it, such as `AccessExclusiveLock`; `row locks` for those of changed rows, seen while somebody waits for one. */
  mode: string;
  /** Milliseconds from the first sample in which it was held to the last, and one interval of the samples. */
  heldMs: number;
  /** Milliseconds for which the migration waited for it. */
  waitedMs: number;
  /** The most sessions at once that waited for the migration. */
  waiting: number;
  /** The longest of their waits, in milliseconds. */
  longestWaitMs: number;
}

/** The locks that every request takes, which hold up nobody but migrations. */
const ORDINARY = ["AccessShareLock", "RowShareLock", "RowExclusiveLock"];

/** What a change of rows holds until its transaction ends. PostgreSQL keeps it in the rows: only who waits for it can be seen. */
const ROWS = "row locks";

/*
 * One row for each lock of the migration's sessions that is more than a request takes, with how many wait behind its session;
 * one row without a relation for a session that has none; one for each table on whose rows others wait.
 */
const SAMPLE = `
  WITH migration AS (
    SELECT pid FROM pg_stat_activity WHERE application_name = $1 AND usename = current_user AND datname = current_database()
  ), waits AS (
    SELECT coalesce(w.relation, t.relation) AS relation, w.locktype <> 'relation' AS for_rows,
           extract(epoch FROM clock_timestamp() - w.waitstart) * 1000 AS ms
    FROM pg_locks w LEFT JOIN pg_locks t ON t.pid = w.pid AND t.locktype = 'tuple' AND t.granted
    WHERE NOT w.granted AND EXISTS (SELECT FROM migration) AND w.pid NOT IN (SELECT pid FROM migration)
      AND pg_blocking_pids(w.pid) && (SELECT array_agg(pid) FROM migration)
  ), waiting AS (
    SELECT relation, for_rows, count(*)::int AS sessions, coalesce(max(ms), 0)::float8 AS longest FROM waits GROUP BY relation, for_rows
  )
  SELECT m.pid, c.relname AS relation, l.mode, l.granted, coalesce(w.sessions, 0) AS waiting, coalesce(w.longest, 0) AS longest
  FROM migration m
  LEFT JOIN pg_locks l ON l.pid = m.pid AND l.locktype = 'relation' AND l.mode <> ALL ($2) AND l.relation >= 16384
  LEFT JOIN pg_class c ON c.oid = l.relation AND c.relkind IN ('r', 'p', 'm')
  LEFT JOIN waiting w ON w.relation = l.relation AND NOT w.for_rows
  UNION ALL
  SELECT 0, coalesce(c.relname, 'unknown'), '${ROWS}', true, w.sessions, w.longest
  FROM waiting w LEFT JOIN pg_class c ON c.oid = w.relation WHERE w.for_rows`;

interface Row {
  pid: number;
  relation: string | null;
  mode: string | null;
  granted: boolean | null;
  waiting: number;
  longest: number;
}

/** Looks at a migration's locks again and again, and keeps how long each was seen. */
export class LockSamples {
  readonly #byKey = new Map<string, ObservedLock & { firstMs: number | null; firstWaitMs: number | null }>();

  constructor(private readonly intervalMs: number) {}

  /** @returns whether a session of the migration is there */
  async take(client: Pick<Client, "query">, application: string): Promise<boolean> {
    const { rows } = await client.query<Row>(SAMPLE, [application, ORDINARY]);
    const nowMs = performance.now();
    for (const { pid, relation, mode, granted, waiting, longest } of rows) {
      if (relation === null || mode === null) continue;
      const key = `${pid} ${relation} ${mode}`;
      const known = this.#byKey.get(key) ?? {
        ...{ relation, mode, heldMs: 0, waitedMs: 0, waiting: 0, longestWaitMs: 0 },
        ...{ firstMs: null, firstWaitMs: null },
      };
      this.#byKey.set(key, known);
      if (granted) {
        known.firstMs ??= nowMs;
        known.heldMs = Math.round(nowMs - known.firstMs + this.intervalMs);
      } else {
        known.firstWaitMs ??= nowMs;
        known.waitedMs = Math.round(nowMs - known.firstWaitMs + this.intervalMs);
      }
      known.waiting = Math.max(known.waiting, waiting);
      known.longestWaitMs = Math.max(known.longestWaitMs, Math.round(longest));
    }
    return rows.length > 0;
  }

  /** What was seen so far. Each lock of each session is one. */
  locks(): ObservedLock[] {
    return [...this.#byKey.values()].map(({ firstMs: _, firstWaitMs: __, ...lock }) => lock);
  }
}
