import { UserError } from "../../../../components/core/user-error";

/** Path of the rows of a table in the API, which is not AWS's: the database, the schema and the table follow it. */
export const ROWS_PATH = "/_rehearsal/rows/";

/** A row, with the columns' values as JSON. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Reads a whole table in a database of a running cloud, as its owner would who looks at it.
 * @param endpoint the cloud's AWS_ENDPOINT_URL
 * @returns no rows if there is no such table
 * @throws UserError if there is no such database
 */
export async function readRows(endpoint: string, database: string, schema: string, table: string): Promise<Row[]> {
  const response = await fetch(`${endpoint}${ROWS_PATH}${[database, schema, table].join("/")}`);
  const text = await response.text();
  if (!response.ok) throw new UserError(`rows of ${schema}.${table} in ${database}: ${text}`, { exitCode: 1 });
  return JSON.parse(text) as Row[];
}
