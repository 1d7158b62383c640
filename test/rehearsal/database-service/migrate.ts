import { Client } from "pg";

/** Adds a column in a transaction that takes half a second, as a long one would. */
async function main(): Promise<void> {
  const client = new Client({ ssl: { ca: process.env.DATABASE_CA_CERT! } });
  await client.connect();
  await client.query("CREATE TABLE IF NOT EXISTS notes (text text)");
  await client.query("BEGIN");
  await client.query("ALTER TABLE notes ADD COLUMN IF NOT EXISTS author text");
  await client.query("SELECT pg_sleep(0.5)");
  await client.query("COMMIT");
  await client.end();
}

void main();
