import type { Reply } from "../protocols/service";
import type { Rds } from "../services/rds/model/rds";
import { ROWS_PATH } from "../services/rds/rows-client";

/** Answers a request for the rows of a table. */
export async function rowsAnswer(url: string, rds: Pick<Rds, "rows">): Promise<Reply> {
  const [database = "", schema = "", table = ""] = url.slice(ROWS_PATH.length).split("/").map(decodeURIComponent);
  const rows = await rds.rows(database, schema, table);
  if (rows === undefined) return { status: 404, headers: {}, body: `there is no database ${database}` };
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(rows) };
}
