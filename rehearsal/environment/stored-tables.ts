import { readStackSettings } from "../../automation/core/project";
import { databaseUser } from "../../components/settings/database-variables";
import { readRows } from "../cloud/services/rds/rows-client";
import { STACK } from "../cloud/settings-source";
import type { StoredTable, TrafficStream } from "../traffic/types";

/**
 * Reads the tables that clients have stored something in, before they go with the cloud.
 * @param endpoint URL of the cloud's API
 * @param settingsFile says which database each service uses; a service without one keeps all in memory, and is left out
 */
export async function storedTables(
  endpoint: string,
  settingsFile: string,
  streams: readonly Pick<TrafficStream, "stores">[],
): Promise<StoredTable[]> {
  const { services } = readStackSettings(STACK, settingsFile).settings;
  const stored = streams.flatMap(({ stores = [] }) => stores);
  const distinct = new Map(stored.map(({ service, table }) => [`${service}.${table}`, { service, table }]));
  const tables: StoredTable[] = [];
  for (const { service, table } of distinct.values()) {
    const [database] = services[service]?.uses ?? [];
    if (database === undefined) continue;
    tables.push({ service, table, rows: await readRows(endpoint, database, databaseUser(service), table) });
  }
  return tables;
}
