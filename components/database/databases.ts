import type { Account } from "../core/account";
import { mapValues } from "../core/map-values";
import type { Tags } from "../core/tags";
import type { Network } from "../network/network";
import type { Settings } from "../settings/settings";
import { Database } from "./database";
import { DatabaseUsers } from "./database-users";

export interface DatabasesArgs {
  account: Account;
  network: Network;
  settings: Pick<Settings, "databases" | "deletionProtection">;
  /** The databases that each service may connect to, by service. */
  uses: Readonly<Record<string, readonly string[]>>;
  tags: Tags;
}

/** The stack's databases, and the users that services have in them. */
export interface Databases {
  byName: Readonly<Record<string, Database>>;
  /** Undefined without databases. */
  users: DatabaseUsers | undefined;
}

export function createDatabases({ account, network, settings, uses, tags }: DatabasesArgs): Databases {
  const { databases, deletionProtection } = settings;
  const place = { account, vpcId: network.vpcId, subnetIds: network.privateSubnetIds, tags };
  const byName = Object.fromEntries(
    Object.entries(databases).map(([name, database]) => [
      name,
      new Database(name, { ...place, database, deletionProtection }),
    ]),
  );
  const pairs = Object.entries(uses).flatMap(([service, names]) =>
    names.filter((name) => name in byName).map((database) => ({ service, database })),
  );
  const users =
    Object.keys(byName).length === 0
      ? undefined
      : new DatabaseUsers("database-users", { ...place, databases: byName, uses: pairs });
  return { byName, users };
}

/** What the stack's outputs say of databases; nothing of a stack without any. */
export function databaseOutputs({ byName }: Databases) {
  if (Object.keys(byName).length === 0) return { state: {}, program: {} };
  return {
    state: { databases: mapValues(byName, ({ outputs }) => outputs) },
    program: { databases: mapValues(byName, ({ summary }) => summary) },
  };
}
