import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { asTexts } from "../../components/settings/rules/raw-service";
import {
  type ExistingDatabase,
  type ExistingNetwork,
  existingDatabasesOf,
  existingNetworkOf,
  settingsOf,
} from "../../components/settings/settings";

/** What a stack's settings name that exists before the stack, and that this cloud therefore has from the start. */
interface Beforehand {
  /** Null for a network that the stack makes. */
  network: ExistingNetwork | null;
  /** Domains beside the stack's own: each has a public hosted zone. */
  furtherDomains: readonly string[];
  /** Databases of another owner, by name. */
  databases: Readonly<Record<string, ExistingDatabase>>;
}

/** Nothing where the file is missing or cannot be read; what is wrong with the settings the program says. */
export function beforehandOf(settingsFile: string): Beforehand {
  try {
    const { config = {} } = (parse(readFileSync(settingsFile, "utf8")) ?? {}) as { config?: Record<string, unknown> };
    const { network, furtherDomains, databases } = settingsOf(config);
    return {
      network: existingNetworkOf(network),
      furtherDomains: asTexts(furtherDomains),
      databases: existingDatabasesOf(databases),
    };
  } catch {
    return { network: null, furtherDomains: [], databases: {} };
  }
}
