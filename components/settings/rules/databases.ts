import { databaseUser } from "../database-variables";
import { problem } from "../problem";
import { DATABASE_NAME } from "../schema/database";
import { asMap, type RawService } from "./raw-service";

const NAME_WANTED = "a name of 2 to 30 lower-case letters and digits, first a letter";

/** Names of users that PostgreSQL or RDS have themselves. */
const USERS_TAKEN = /^(?:postgres|public|none|rdsadmin|(?:pg|rds)_.*)$/;

/** Names that databases of every server have, and words that PostgreSQL takes only in quotation marks. */
const NAMES_TAKEN = new Set([
  ...["postgres", "rdsadmin", "template0", "template1"],
  ...["authorization", "binary", "collation", "concurrently", "cross", "freeze", "full", "ilike", "inner", "is"],
  ...["isnull", "join", "left", "like", "natural", "notnull", "outer", "overlaps", "right", "similar", "tablesample"],
  "verbose",
  ...["all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "both", "case", "cast", "check"],
  ...["collate", "column", "constraint", "create", "default", "deferrable", "desc", "distinct", "do", "else", "end"],
  ...["except", "false", "fetch", "for", "foreign", "from", "grant", "group", "having", "in", "initially", "intersect"],
  ...[
    "into",
    "lateral",
    "leading",
    "limit",
    "localtime",
    "localtimestamp",
    "not",
    "null",
    "offset",
    "on",
    "only",
    "or",
  ],
  ...["order", "placing", "primary", "references", "returning", "select", "some", "symmetric", "table", "then", "to"],
  ...["trailing", "true", "union", "unique", "user", "using", "variadic", "when", "where", "window", "with"],
]);

/** The settings of a database that the program makes. */
const NEW = ["engine", "version", "instanceClass", "storageGiB", "multiZone", "backupDays"];

/** An existing database with settings of a new one beside it, and one without a way to it or with two. */
function existingProblems(name: string, database: unknown): string[] {
  const values = asMap(database);
  if (values.existing === undefined) return [];
  const path = ["databases", name];
  const refused = NEW.filter((key) => values[key] !== undefined).map((key) =>
    problem([...path, key], values[key], "no value: the database exists already, and its owner decides"),
  );
  const { securityGroup, cidr } = asMap(values.existing);
  const way = [...path, "existing"];
  if (securityGroup === undefined && cidr === undefined)
    refused.push(
      problem(
        [...way, "securityGroup"],
        undefined,
        "the server's security group, or in cidr the network that it is in",
      ),
    );
  if (securityGroup !== undefined && cidr !== undefined)
    refused.push(problem([...way, "cidr"], cidr, "no value beside securityGroup: one of them says how to reach it"));
  return refused;
}

/** Problems of databases' names, and of `uses`: which database, and as which user. */
export function databaseProblems(services: readonly RawService[], databases: unknown): string[] {
  const names = Object.keys(asMap(databases));
  const ofNames = names.flatMap((name) => {
    if (!DATABASE_NAME.test(name)) return [problem(["databases", name], name, NAME_WANTED)];
    return NAMES_TAKEN.has(name)
      ? [problem(["databases", name], name, `another name: ${name} is a word of PostgreSQL's own`)]
      : [];
  });
  const known = names.length === 0 ? "there are no databases" : `the databases are ${names.join(", ")}`;
  return [
    ...ofNames,
    ...Object.entries(asMap(databases)).flatMap(([name, database]) => existingProblems(name, database)),
    ...services.flatMap((service) =>
      service.uses.flatMap((name) => {
        const path = ["services", service.name, "uses", name];
        if (!names.includes(name)) return [problem(path, name, `a database of aoshingo:databases: ${known}`)];
        return USERS_TAKEN.test(databaseUser(service.name))
          ? [
              problem(
                path,
                name,
                `a service of another name: its user would be ${databaseUser(service.name)}, which PostgreSQL has itself`,
              ),
            ]
          : [];
      }),
    ),
  ];
}
