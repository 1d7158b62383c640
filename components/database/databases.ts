import type { Account } from "../core/account";
import { mapValues } from "../core/map-values";
import type { Tags } from "../core/tags";
import type { DatabaseOutputs, DatabaseSummary, Wrapped } from "../live/outputs";
import type { Network } from "../network/network";
import type { Settings } from "../settings/settings";
import { Database } from "./database";
import { DatabaseUsers } from "./database-users";
import type { DatabasePlace } from "./place";

export interface DatabasesArgs {
  account: Account;
  network: Network;
  settings: Pick<Settings, "databases" | "deletionProtection">;
  /** The existing ones of the settings, as they were found. */
  existing: Readonly<Record<string, DatabasePlace>>;
  /** The databases that each service may connect to, by service. */
  uses: Readonly<Record<string, readonly string[]>>;
  tags: Tags;
}

/** The stack's databases, and the users that services have in them. */
export interface Databases {
  byName: Readonly<Record<string, KnownDatabase>>;
  /** Undefined without databases. */
  users: DatabaseUsers | undefined;
}

interface KnownDatabase {
  place: DatabasePlace;
  outputs: Wrapped<DatabaseOutputs>;
  summary: Wrapped<DatabaseSummary>;
}

export function createDatabases(args: DatabasesArgs): Databases {
  const { account, network, settings, existing, uses, tags } = args;
  const { databases, deletionProtection } = settings;
  const where = { account, vpcId: network.vpcId, subnetIds: network.privateSubnetIds, tags };
  const byName = Object.fromEntries(
    Object.entries(databases).map(([name, database]): [string, KnownDatabase] => [
      name,
      "existing" in database
        ? knownExisting(existing[name]!)
        : new Database(name, { ...where, database, deletionProtection }),
    ]),
  );
  const pairs = Object.entries(uses).flatMap(([service, names]) =>
    names.filter((name) => name in byName).map((database) => ({ service, database })),
  );
  const places = mapValues(byName, ({ place }) => place);
  const users =
    Object.keys(byName).length === 0
      ? undefined
      : new DatabaseUsers("database-users", { ...where, databases: places, uses: pairs });
  return { byName, users };
}

function knownExisting(place: DatabasePlace): KnownDatabase {
  const { host, port, database, masterSecretArn: masterSecret, masterKey } = place;
  const found = { host, port, database, masterSecret, ...(masterKey && { masterKey }) };
  return { place, outputs: { existing: found }, summary: { host, masterSecret } };
}

/** What the stack's outputs say of databases; nothing of a stack without any. */
export function databaseOutputs({ byName }: Databases) {
  if (Object.keys(byName).length === 0) return { state: {}, program: {} };
  return {
    state: { databases: mapValues(byName, ({ outputs }) => outputs) },
    program: { databases: mapValues(byName, ({ summary }) => summary) },
  };
}
