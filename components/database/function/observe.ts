import { setTimeout as delay } from "node:timers/promises";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import type { Client } from "pg";
import { certificatesOf, read, withClient } from "./connection";
import { fixedPlaceOf, type UserName } from "./fixed-places";
import { LockSamples, type ObservedLock } from "./lock-samples";
import { schemaOf } from "./schema";

/** A lock that is held for a shorter time than this may stay unseen. */
const SAMPLE_MS = 20;
/** A run without the migration's session ends, so that nobody waits for it for long when the migration is over. */
const IDLE_MS = 1_000;
/** A run in which the session goes on ends, too, and the next one goes on: Lambda answers only then. */
const BUSY_MS = 20_000;

/**
 * Asks for what a migration of a service does in a database. Whoever may ask sees names and types of what a service has
 * in a database, and no rows.
 */
export interface ObserveRequest extends UserName {
  /** What the migration's sessions call themselves. */
  application: string;
  /** False to read the schema only, once. */
  watchesLocks: boolean;
}

export interface Observed {
  /** What the service has in the database when the run begins: a definition by name, such as `column users.name`: `text not null`. */
  schema: Record<string, string>;
  /** The locks that the migration's sessions held or waited for during the run; empty if they were not watched. */
  locks: ObservedLock[];
}

/**
 * Handler of a Lambda function in the VPC: reads what a service has in a database and, while a migration's session is there,
 * which locks it holds. It connects as the service's user, and changes nothing.
 * @public loaded by Lambda
 */
export async function handler(request: ObserveRequest): Promise<Observed> {
  const { application, watchesLocks } = request;
  const place = fixedPlaceOf(request);
  const { host, port, database, user, secret } = place;
  const ca = await certificatesOf(place);
  const password = await read(new SecretsManagerClient({}), secret);
  if (password === undefined) throw new Error(`${user} has no password yet`);
  return withClient({ host, port, database, user, password, ssl: { ca } }, async (client) => {
    const schema = await schemaOf(client);
    return { schema, locks: watchesLocks ? await locksOf(client, application) : [] };
  });
}

async function locksOf(client: Client, application: string): Promise<ObservedLock[]> {
  const samples = new LockSamples(SAMPLE_MS);
  const startedMs = performance.now();
  let seenMs = startedMs;
  while (performance.now() - seenMs < IDLE_MS && performance.now() - startedMs < BUSY_MS) {
    const hasSession = await samples.take(client, application);
    if (hasSession) seenMs = performance.now();
    await delay(SAMPLE_MS);
  }
  return samples.locks();
}
