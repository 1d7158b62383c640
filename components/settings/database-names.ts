/** Names that databases of every server have. */
export const SERVERS_OWN: ReadonlySet<string> = new Set(["postgres", "rdsadmin", "template0", "template1"]);

/**
 * Words that PostgreSQL takes as a name only in quotation marks, without those that have an underscore: the reserved key
 * words of its documentation (appendix C), which `pg_get_keywords()` lists, too.
 */
export const RESERVED_WORDS: ReadonlySet<string> = new Set([
  ...["authorization", "binary", "collation", "concurrently", "cross", "freeze", "full", "ilike", "inner", "is"],
  ...["isnull", "join", "left", "like", "natural", "notnull", "outer", "overlaps", "right", "similar", "tablesample"],
  "verbose",
  ...["all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "both", "case", "cast", "check"],
  ...["collate", "column", "constraint", "create", "default", "deferrable", "desc", "distinct", "do", "else", "end"],
  ...["except", "false", "fetch", "for", "foreign", "from", "grant", "group", "having", "in", "initially", "intersect"],
  ...["into", "lateral", "leading", "limit", "localtime", "localtimestamp", "not", "null", "offset", "on", "only"],
  "or",
  ...["order", "placing", "primary", "references", "returning", "select", "some", "symmetric", "table", "then", "to"],
  ...["trailing", "true", "union", "unique", "user", "using", "variadic", "when", "where", "window", "with"],
]);

/**
 * Further names that RDS refuses for the database that it makes with an instance (aws-rules B14). It publishes no list: these
 * were seen.
 */
export const REFUSED_BY_RDS: ReadonlySet<string> = new Set([
  ...["admin", "catalog", "comments", "database", "db", "dispatch", "flag", "identity"],
]);
