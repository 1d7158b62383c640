import { existsSync } from "node:fs";
import { join } from "node:path";
import { runner } from "node-pg-migrate";
import { Client } from "pg";

/*
 * The migration that a deploy runs before the release gets production traffic:
 *
 *     PGHOST=... PGDATABASE=... PGUSER=... PGPASSWORD=... node migrate.js
 *
 * It applies those files of `migrations` that the database does not have, in one transaction each, and only one run at
 * a time. Both releases work on the database meanwhile, so it waits for no lock longer than they can wait for it.
 */

/** By hand. A deploy says its own in PGOPTIONS. */
const LIMITS = "-c lock_timeout=2s -c statement_timeout=30min";

/** The second one is of a bad release in a rehearsal (README.md): no image that Docker builds has it. */
const FOLDERS = [
  { dir: join(__dirname, "migrations"), migrationsTable: "migrations" },
  { dir: join(__dirname, "faulty-migrations", process.env.FAULT ?? "none"), migrationsTable: "faulty_migrations" },
];

async function main(): Promise<void> {
  const ca = process.env.DATABASE_CA_CERT;
  const client = new Client({ options: process.env.PGOPTIONS ?? LIMITS, ...(ca === undefined ? {} : { ssl: { ca } }) });
  await client.connect();
  try {
    // The schema that is the service's own, which is where its tables are found.
    const { rows } = await client.query<{ schema: string }>("SELECT current_schema AS schema");
    const [{ schema }] = rows as [{ schema: string }];
    const done = [];
    for (const folder of FOLDERS.filter(({ dir }) => existsSync(dir))) {
      const options = { ...folder, schema, dbClient: client, direction: "up" as const, singleTransaction: false };
      done.push(...(await runner({ ...options, logger: { info() {}, warn: console.warn, error: console.error } })));
    }
    for (const { name } of done) console.log(`applied ${name}`);
    if (done.length === 0) console.log("nothing to migrate");
  } finally {
    await client.end();
  }
}

main().catch((error: Error) => {
  console.error(`migrate: ${error.message}`);
  process.exitCode = 1;
});
