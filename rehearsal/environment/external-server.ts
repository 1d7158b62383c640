import { readStackSettings } from "../../automation/core/project";
import { databaseUser } from "../../components/settings/database-variables";
import type { Settings } from "../../components/settings/settings";
import { type PreparedServer, prepareServer, type Wanted } from "../cloud/services/rds/external/prepare-server";
import { STACK } from "../cloud/settings-source";

/**
 * Prepares the server that a URL names for the databases of a stack.
 * @returns undefined if the stack has none
 * @throws UserError with what a person has to mend, in the settings or with the server
 */
export async function externalServer(
  url: string,
  settingsFile: string,
  say: (line: string) => void,
): Promise<PreparedServer | undefined> {
  const wanted = wantedOf(readStackSettings(STACK, settingsFile).settings);
  if (wanted.databases.length > 0) return prepareServer(url, wanted, say);
  say("DATABASE_URL is not used: the settings have no databases");
  return undefined;
}

/** The databases of a stack and the users in them, as they are called in a server. */
export function wantedOf({ databases, services }: Pick<Settings, "databases" | "services">): Wanted {
  const places = new Map<string, string>();
  for (const [name, one] of Object.entries(databases)) {
    if (!("existing" in one)) places.set(name, name);
    else {
      // Two blocks can name the same one.
      const { host, port, database } = one.existing;
      places.set(`${host}:${port}/${database}`, database);
    }
  }
  const users = Object.entries(services).flatMap(([name, { uses }]) => (uses.length > 0 ? [databaseUser(name)] : []));
  return { databases: [...places.values()], users };
}
