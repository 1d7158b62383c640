import type { NewDatabase, Settings } from "../settings/settings";
import type { DatabaseOutputs, StackState } from "./outputs";

type Databases = Settings["databases"];

/**
 * The databases of the settings as a deploy declares them: version, class, volume, standby and backups of those that the stack has stay
 * as the last `pulumi up` left them. RDS would end all connections for another class (aws-rules B12), or take longer for a
 * change than a rollback in an incident may wait. Fewer days of backups would delete those that somebody may still want to restore.
 *
 * @param had databases of the last run
 */
export function keptDatabases(databases: Databases, had: StackState["databases"] = {}): Databases {
  return Object.fromEntries(
    Object.entries(databases).map(([name, database]) => [
      name,
      "existing" in database ? database : kept(database, had[name]),
    ]),
  );
}

function kept(database: NewDatabase, had: DatabaseOutputs | undefined): NewDatabase {
  if (had === undefined || "existing" in had) return database;
  const { version, instanceClass, storageGiB, multiZone = database.multiZone, backupDays = database.backupDays } = had;
  return { ...database, version, instanceClass, storageGiB, multiZone, backupDays };
}
