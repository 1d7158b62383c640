import { mkdtemp, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { freePort } from "../rehearsal/cloud/processes/free-port";
import { PostgresServer } from "../rehearsal/cloud/processes/postgres-server";
import { ProcessLedger } from "../rehearsal/cloud/processes/process-ledger";
import { afterAllFiles } from "./after-all-files";

const HOST = "127.0.0.1";
const LOGIN = { superuser: "postgres", password: "postgres" };

let shared: Promise<PostgresServer> | undefined;
let databases = 0;
afterAllFiles(async () => {
  await (await shared)?.remove();
});

/** The PostgreSQL server of this process, for one test file after the other. A test that stops it starts it again. */
export function sharedServer(): Promise<PostgresServer> {
  shared ??= startServer();
  return shared;
}

async function startServer(): Promise<PostgresServer> {
  const directory = await mkdtemp(join(tmpdir(), "aoshingo-postgres-"));
  const ledger = new ProcessLedger(join(directory, "processes"));
  return PostgresServer.start({ directory, host: HOST, port: await freePort(HOST), ...LOGIN, ledger });
}

/** Makes an empty database. @returns the variables that lead a client to it, as libpq has them */
export async function emptyDatabase(): Promise<Record<string, string>> {
  const { url } = await sharedServer();
  databases += 1;
  const name = `test_${databases}`;
  const client = new Client(url);
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name}`);
  } finally {
    await client.end();
  }
  return {
    PGHOST: HOST,
    PGPORT: new URL(url).port,
    PGDATABASE: name,
    PGUSER: LOGIN.superuser,
    PGPASSWORD: LOGIN.password,
  };
}

/** Variables of a database server that is not there. */
export const NO_DATABASE = { PGHOST: HOST, PGPORT: "1", PGDATABASE: "none", PGUSER: "none", PGPASSWORD: "none" };

/**
 * Opens a new database in which a file of SQL has run. The variables of this process lead to it until it is closed.
 * @param open connects by these variables
 */
export async function openMigrated<Opened extends { query(sql: string): Promise<unknown>; close(): Promise<void> }>(
  open: () => Opened,
  file: string,
): Promise<{ database: Opened; close(): Promise<void> }> {
  const leave = setVariables(await emptyDatabase());
  const database = open();
  await database.query(await readFile(file, "utf8"));
  return { database, close: () => database.close().then(leave) };
}

/** Sets variables of this process, such as those of a database. @returns what takes them away again */
export function setVariables(variables: Record<string, string>): () => void {
  Object.assign(process.env, variables);
  return () => {
    for (const name of Object.keys(variables)) delete process.env[name];
  };
}
