/** The variable with the password of a service's user in its database. */
export const PASSWORD = "PGPASSWORD";

/**
 * Variables that a service with a database has. All but the last are those of libpq, which most clients of PostgreSQL read.
 * The last one has the certificates that the server's is signed with, as PEM: libpq takes them from a file only.
 */
export const DATABASE_VARIABLES = [
  "PGHOST",
  "PGPORT",
  "PGDATABASE",
  "PGUSER",
  PASSWORD,
  "PGSSLMODE",
  "DATABASE_CA_CERT",
] as const;

/** What the sessions of a migration call themselves in the server, for each tool that reads libpq's variables. */
export const MIGRATION_APPLICATION = "migrate";

/** Whether a variable of a service is the password that the program itself has a value made for. */
export function isDatabasePassword(uses: readonly string[] | undefined, variable: string): boolean {
  return variable === PASSWORD && uses !== undefined && uses.length > 0;
}

/**
 * Name of a service's user in its database, and of the schema that the user owns: PostgreSQL takes no hyphens without
 * quotation marks.
 */
export function databaseUser(service: string): string {
  return service.replaceAll("-", "_");
}
