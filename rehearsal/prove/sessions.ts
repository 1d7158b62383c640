import type { Client } from "pg";
import { APPLICATIONS } from "./applications";

/** Sessions of the releases that wait for a lock which a session of nobody of them has, or waits for before them: a migration. */
const WAITING = `
  select a.application_name as application, a.query,
         extract(epoch from clock_timestamp() - l.waitstart) * 1000 as "waitedMs",
         l.mode, coalesce(l.relation::regclass::text, l.locktype) as "lockOn"
  from pg_stat_activity a
  join pg_locks l on l.pid = a.pid and not l.granted
  where a.datname = current_database() and a.application_name = any($1)
    and l.locktype <> 'advisory' and l.waitstart is not null
    and exists (select from unnest(pg_blocking_pids(a.pid)) b join pg_stat_activity m on m.pid = b
                where m.application_name <> all($1))`;

export interface WaitingSession {
  application: string;
  query: string;
  waitedMs: number;
  mode: string;
  lockOn: string;
}

/** Returns the releases' sessions that wait for a migration. */
export async function waitingForMigration(client: Client): Promise<WaitingSession[]> {
  const { rows } = await client.query<WaitingSession>(WAITING, [[APPLICATIONS.old, APPLICATIONS.new]]);
  return rows.map((row) => ({ ...row, waitedMs: Number(row.waitedMs) }));
}
