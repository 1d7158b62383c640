import type { Observed } from "../../components/database/function/observe";
import type { MigrationDatabase } from "../../components/live/outputs";

export type { Observed } from "../../components/database/function/observe";

/** Looks at a database from inside its network while a migration runs: nobody else reaches it. */
export interface MigrationObserver {
  /**
   * Reads what the service has in the database. With `watchesLocks` it stays for as long as the migration's session is there, at most about
   * twenty seconds, and returns its locks, too.
   */
  observe(database: MigrationDatabase, watchesLocks: boolean, signal: AbortSignal): Promise<Observed>;
}
