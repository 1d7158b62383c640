import { createServer } from "node:http";
import { Client, Pool } from "pg";

/**
 * A service that keeps notes in its database: PUT /notes/TEXT writes one, GET /notes lists all, GET /who says as whom it is
 * connected and how, GET /untrusted what a client hears that has no certificates of the database's. Everything but the certificates is as the client library reads it from its variables.
 */
const pool = new Pool({ ssl: { ca: process.env.DATABASE_CA_CERT! }, max: 2 });
// A connection that the server ends while nobody uses it: the pool opens another one.
pool.on("error", ({ message }) => console.log(`lost a connection: ${message}`));

async function answer(method: string, url: string): Promise<unknown> {
  if (method === "PUT")
    return (await pool.query("INSERT INTO notes VALUES ($1)", [url.slice("/notes/".length)])).rowCount;
  if (url === "/notes") return (await pool.query("SELECT text FROM notes ORDER BY text")).rows.map(({ text }) => text);
  if (url === "/untrusted") return connectUntrusted();
  if (url !== "/who") return "healthy";
  const { rows } = await pool.query(
    "SELECT current_user AS user, current_schema AS schema, (SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()) AS ssl",
  );
  return rows[0];
}

async function connectUntrusted(): Promise<string> {
  const client = new Client();
  try {
    await client.connect();
    return "connected";
  } catch (error) {
    return (error as Error).message;
  } finally {
    await client.end();
  }
}

const server = createServer((request, response) => {
  response.setHeader("x-release", process.env.RELEASE ?? "");
  answer(request.method ?? "", request.url ?? "").then(
    (body) => response.end(JSON.stringify(body)),
    (error: Error) => response.writeHead(500).end(error.message),
  );
});

void pool.query("CREATE TABLE IF NOT EXISTS notes (text text)").then(
  () => server.listen(Number(process.env.PORT), process.env.HOST ?? "0.0.0.0"),
  (error: Error) => {
    console.error(`no database: ${error.message}`);
    process.exit(1);
  },
);
process.on("SIGTERM", () => server.close(() => process.exit(0)));
