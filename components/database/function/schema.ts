import type { Client } from "pg";

/* What a user has in the schemas that are its own: one row for each column, index, constraint, trigger and value list. */
const OBJECTS = `
  WITH own AS (SELECT oid, nspname FROM pg_namespace WHERE nspowner = (SELECT oid FROM pg_roles WHERE rolname = current_user)),
  tables AS (SELECT c.oid, c.relname AS name FROM pg_class c JOIN own ON own.oid = c.relnamespace WHERE c.relkind IN ('r', 'p'))
  SELECT 'table ' || name AS object, '' AS definition FROM tables
  UNION ALL
  SELECT 'column ' || t.name || '.' || a.attname,
         format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
           || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
  FROM pg_attribute a JOIN tables t ON t.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT 'index ' || c.relname, pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid THEN '' ELSE ' (not valid)' END
  FROM pg_index i JOIN tables t ON t.oid = i.indrelid JOIN pg_class c ON c.oid = i.indexrelid
  UNION ALL
  SELECT 'constraint ' || t.name || '.' || o.conname, pg_get_constraintdef(o.oid)
  FROM pg_constraint o JOIN tables t ON t.oid = o.conrelid WHERE o.contype <> 'n'
  UNION ALL
  SELECT 'trigger ' || t.name || '.' || g.tgname, pg_get_triggerdef(g.oid)
  FROM pg_trigger g JOIN tables t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal
  UNION ALL
  SELECT 'type ' || y.typname, string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
  FROM pg_enum e JOIN pg_type y ON y.oid = e.enumtypid JOIN own ON own.oid = y.typnamespace GROUP BY y.typname
  UNION ALL
  SELECT 'view ' || c.relname, md5(pg_get_viewdef(c.oid))
  FROM pg_class c JOIN own ON own.oid = c.relnamespace WHERE c.relkind IN ('v', 'm')`;

/** Returns the definitions of what a user has in a database, by name. */
export async function schemaOf(client: Pick<Client, "query">): Promise<Record<string, string>> {
  const { rows } = await client.query<{ object: string; definition: string }>(OBJECTS);
  return Object.fromEntries(rows.map(({ object, definition }) => [object, definition]));
}
