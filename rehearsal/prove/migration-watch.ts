import type { Client } from "pg";
import { type Snapshot, type TableLock, workUnderLock } from "./table-locks";

/** Advisory lock on which a migration waits while it is stopped; two numbers, which no migration tool has. */
const PAUSE = "70231, 14";
const SCHEMA = "aoshingo_prove";

/**
 * Event triggers see each statement of a migration that changes the schema, whichever program sends it:
 * - before it they stop the migration while the prover holds the pause,
 * - before it, after it and at the commit they write down which locks on tables the transaction holds, and how many
 *   rows of each table it has read. It is the kernel of the matter: a lock is long if rows are read under it, and so
 *   nobody has to measure time.
 *
 * They run as superuser, and without the time limits of the migration. The mark is a row whose deferred trigger runs at the commit.
 */
const INSTALL = `
create schema ${SCHEMA};
create table ${SCHEMA}.snapshot (
  id serial, transaction text, at text, statement text, relation oid, name text, mode text, is_new boolean, rows_read bigint);
create table ${SCHEMA}.mark (id int);
create table ${SCHEMA}.known as select oid from pg_class where relkind in ('r', 'p');

create function ${SCHEMA}.snapshot(moment text, what text) returns void language sql security definer as $$
  insert into ${SCHEMA}.snapshot (transaction, at, statement, relation, name, mode, is_new, rows_read)
  select pg_current_xact_id()::text, moment, what, c.oid,
         case when n.nspname = 'public' then '' else quote_ident(n.nspname) || '.' end || quote_ident(c.relname),
         l.mode, k.oid is null,
         coalesce(s.seq_tup_read, 0) + coalesce(s.idx_tup_fetch, 0)
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  left join ${SCHEMA}.known k on k.oid = c.oid
  left join pg_locks l on l.relation = c.oid and l.pid = pg_backend_pid() and l.granted
    and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
  left join pg_stat_xact_user_tables s on s.relid = c.oid
  where c.relkind in ('r', 'p') and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', '${SCHEMA}')
$$;
create function ${SCHEMA}.at_start() returns event_trigger language plpgsql security definer
set lock_timeout = 0 set statement_timeout = 0 as $$
begin
  perform pg_advisory_lock(${PAUSE});
  perform pg_advisory_unlock(${PAUSE});
  -- DROP INDEX CONCURRENTLY must be the first statement of a transaction that writes.
  if tg_tag not in ('DROP INDEX', 'REINDEX') then
    perform ${SCHEMA}.snapshot('start', tg_tag);
  end if;
end $$;

create function ${SCHEMA}.at_end() returns event_trigger language plpgsql security definer as $$
begin
  perform ${SCHEMA}.snapshot('end', tg_tag || coalesce(
    (select ' ' || replace(min(object_identity), 'public.', '') from pg_event_trigger_ddl_commands()), ''));
  insert into ${SCHEMA}.mark values (1);
end $$;

create function ${SCHEMA}.at_commit() returns trigger language plpgsql security definer as $$
begin
  perform ${SCHEMA}.snapshot('commit', 'the same transaction');
  return null;
end $$;
create constraint trigger at_commit after insert on ${SCHEMA}.mark deferrable initially deferred
  for each row execute function ${SCHEMA}.at_commit();

create event trigger aoshingo_prove_start on ddl_command_start execute function ${SCHEMA}.at_start();
create event trigger aoshingo_prove_end on ddl_command_end execute function ${SCHEMA}.at_end();
`;

/** Lets a database, and all copies of it, tell what a migration does to it. */
export async function installWatch(client: Client): Promise<void> {
  await client.query(INSTALL);
}

/** Returns how many statements of a migration changed the schema, and the rows that it read under locks. */
export async function readWatch(client: Client): Promise<{ statements: number; locks: TableLock[] }> {
  const { rows } = await client.query<Snapshot>(
    `select id, transaction, at, statement, relation::int, name, mode, is_new as "isNew", rows_read::int as "rowsRead"
     from ${SCHEMA}.snapshot order by id`,
  );
  const { rows: ends } = await client.query<{ count: number }>(`select count(*)::int as count from ${SCHEMA}.mark`);
  return { statements: ends[0]!.count, locks: workUnderLock(rows) };
}

/** Stops a migration before each statement that changes the schema. */
export class MigrationPauses {
  readonly #client: Client;
  #holds = false;

  /** @param client a session of this object alone */
  constructor(client: Client) {
    this.#client = client;
  }

  /** From now on a migration stops before its next statement. */
  async hold(): Promise<void> {
    await this.#client.query(`select pg_advisory_lock(${PAUSE})`);
    this.#holds = true;
  }

  /** Lets a stopped migration go on to its next statement. The lock goes to the migration first and then back, so no statement slips through. */
  async step(): Promise<void> {
    await this.#client.query(`select pg_advisory_unlock(${PAUSE}), pg_advisory_lock(${PAUSE})`);
  }

  /** Lets a stopped migration go on to its end. */
  async release(): Promise<void> {
    if (!this.#holds) return;
    await this.#client.query(`select pg_advisory_unlock(${PAUSE})`);
    this.#holds = false;
  }

  /** Returns whether a migration is stopped now. */
  async isStopped(): Promise<boolean> {
    const { rows } = await this.#client.query(
      `select 1 from pg_locks where locktype = 'advisory' and (classid, objid) = (${PAUSE}) and not granted
       and database = (select oid from pg_database where datname = current_database())`,
    );
    return rows.length > 0;
  }
}
