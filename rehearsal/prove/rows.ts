import type { Client } from "pg";

/** A column with more different values is not compared. */
const MAX_VALUES = 2_000;
const SHOWN = 60;

/** The rows of a database, as far as they are compared. */
export type Rows = ReadonlyMap<string, TableRows>;
interface TableRows {
  count: number;
  /** The different values of each column that has no more than `MAX_VALUES`, as texts. Numbers that the database itself gives are left out. */
  values: ReadonlyMap<string, ReadonlySet<string | null>>;
}

/** How often requests read and wrote each table. */
export type TableUse = ReadonlyMap<string, { seqScans: number; indexScans: number; writes: number }>;

const NAME = `case when n.nspname = 'public' then '' else quote_ident(n.nspname) || '.' end || quote_ident(c.relname)`;
const OWN_TABLES = `c.relkind in ('r', 'p') and not c.relispartition
  and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast', 'aoshingo_prove')`;

/** Keys count up, with gaps that differ from run to run. */
const COLUMNS = `
  select ${NAME} as name, json_agg(quote_ident(a.attname)) as columns
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
  where ${OWN_TABLES} and a.attidentity = ''
    and coalesce(pg_get_expr(d.adbin, d.adrelid), '') !~ '^nextval'
    and not exists (select from pg_constraint k where k.conrelid = c.oid and k.contype = 'f' and a.attnum = any(k.conkey))
  group by c.oid, n.nspname, c.relname`;

const TABLES = `select ${NAME} as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${OWN_TABLES}`;

export async function readRows(client: Client): Promise<Rows> {
  const tables = await client.query<{ name: string }>(TABLES);
  const columnsOf = await client.query<{ name: string; columns: string[] }>(COLUMNS);
  const columns = new Map(columnsOf.rows.map((row) => [row.name, row.columns]));
  const rows = new Map<string, TableRows>();
  for (const { name } of tables.rows) {
    const counted = await client.query<{ count: number }>(`select count(*)::int as count from ${name}`);
    const values = new Map<string, Set<string | null>>();
    for (const column of columns.get(name) ?? []) {
      const found = await client.query<{ value: string | null }>(
        `select distinct ${column}::text as value from ${name} limit ${MAX_VALUES + 1}`,
      );
      if (found.rows.length <= MAX_VALUES) values.set(column, new Set(found.rows.map(({ value }) => value)));
    }
    rows.set(name, { count: counted.rows[0]!.count, values });
  }
  return rows;
}

/** Since the database was copied. Sessions tell what they did when they end. */
export async function readTableUse(client: Client): Promise<TableUse> {
  const { rows } = await client.query<{ name: string; seq: number; index: number; writes: number }>(
    `select ${NAME} as name, coalesce(seq_scan, 0)::int as seq, coalesce(idx_scan, 0)::int as index,
            (n_tup_ins + n_tup_upd + n_tup_del)::int as writes
     from pg_stat_user_tables s join pg_class c on c.oid = s.relid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname <> 'aoshingo_prove'`,
  );
  return new Map(rows.map(({ name, seq, index, writes }) => [name, { seqScans: seq, indexScans: index, writes }]));
}

/** A difference of rows, for people. */
export interface RowDifference {
  table: string;
  text: string;
}

/**
 * Returns values that are in the rows of a run and in none of the runs that may be compared with it. Columns that one of
 * those does not have are not compared.
 * @param alone what the release writes alone
 * @param alike other rows that are right: those of another run of the same release, which shows what varies, and what the migration makes of them
 */
export function foreignValues(rows: Rows, alone: Rows, again: Rows, migrated: Rows): RowDifference[] {
  return [...rows].flatMap(([table, { values }]) =>
    [...values].flatMap(([column, found]) => {
      const [own, second, later] = [alone, again, migrated].map((one) => one.get(table)?.values.get(column));
      if (!own || !second || !later || !isSame(own, second)) return [];
      const foreign = [...found].filter((value) => !own.has(value) && !later.has(value));
      if (foreign.length === 0) return [];
      const usual = [...own].find((value) => !later.has(value) || !found.has(value)) ?? [...own].at(-1);
      const wanted = usual === undefined ? "" : ` (alone: ${show(usual)})`;
      return [{ table, text: `writes ${show(foreign[0]!)} into ${table}.${column}${wanted}` }];
    }),
  );
}

/** Returns tables that have fewer or more rows than after any of the runs that may be compared with it. */
export function foreignCounts(rows: Rows, alike: readonly Rows[]): RowDifference[] {
  return [...rows].flatMap(([table, { count }]) => {
    const counts = alike.flatMap((one) => one.get(table)?.count ?? []);
    if (counts.length < alike.length) return [];
    const [least, most] = [Math.min(...counts), Math.max(...counts)];
    if (count >= least && count <= most) return [];
    const wanted = least === most ? `${least}` : `${least} to ${most}`;
    return [{ table, text: `leaves ${count} rows in ${table} (alone: ${wanted})` }];
  });
}

const isSame = (a: ReadonlySet<unknown>, b: ReadonlySet<unknown>) =>
  a.size === b.size && [...a].every((value) => b.has(value));

function show(value: string | null): string {
  if (value === null) return "null";
  return JSON.stringify(value.length <= SHOWN ? value : `${value.slice(0, SHOWN)}…`);
}
