import type { Client } from "pg";

/*
 * What a user has in the schemas that are its own, and what it may change in others because it owns it or is a member of its owner: one row for each
 * column, index, constraint, trigger and value list. What is in another schema has that one's name before its own.
 */
const OBJECTS = `
  WITH schemas AS (
    SELECT oid, nspowner = current_user::regrole AS own, CASE WHEN nspowner = current_user::regrole THEN '' ELSE nspname || '.' END AS prefix
    FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'),
  relations AS (
    SELECT c.oid, c.relkind, s.prefix || c.relname AS name FROM pg_class c JOIN schemas s ON s.oid = c.relnamespace
    WHERE s.own OR pg_has_role(c.relowner, 'USAGE')),
  tables AS (SELECT oid, name FROM relations WHERE relkind IN ('r', 'p'))
  SELECT 'table ' || name AS object, '' AS definition FROM tables
  UNION ALL
  SELECT 'column ' || t.name || '.' || a.attname,
         format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
           || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '')
  FROM pg_attribute a JOIN tables t ON t.oid = a.attrelid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
  WHERE a.attnum > 0 AND NOT a.attisdropped
  UNION ALL
  SELECT 'index ' || c.name, pg_get_indexdef(i.indexrelid) || CASE WHEN i.indisvalid THEN '' ELSE ' (not valid)' END
  FROM pg_index i JOIN tables t ON t.oid = i.indrelid JOIN relations c ON c.oid = i.indexrelid
  UNION ALL
  SELECT 'constraint ' || t.name || '.' || o.conname, pg_get_constraintdef(o.oid)
  FROM pg_constraint o JOIN tables t ON t.oid = o.conrelid WHERE o.contype <> 'n'
  UNION ALL
  SELECT 'trigger ' || t.name || '.' || g.tgname, pg_get_triggerdef(g.oid)
  FROM pg_trigger g JOIN tables t ON t.oid = g.tgrelid WHERE NOT g.tgisinternal
  UNION ALL
  SELECT 'type ' || s.prefix || y.typname, string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
  FROM pg_enum e JOIN pg_type y ON y.oid = e.enumtypid JOIN schemas s ON s.oid = y.typnamespace
  WHERE s.own OR pg_has_role(y.typowner, 'USAGE') GROUP BY 1
  UNION ALL
  SELECT 'view ' || name, md5(pg_get_viewdef(oid)) FROM relations WHERE relkind IN ('v', 'm')`;

/** Returns the definitions of what a user has, or may change, in a database, by name. */
export async function schemaOf(client: Pick<Client, "query">): Promise<Record<string, string>> {
  const { rows } = await client.query<{ object: string; definition: string }>(OBJECTS);
  return Object.fromEntries(rows.map(({ object, definition }) => [object, definition]));
}
