import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type ExistingNetwork, existingNetworkOf, settingsOf } from "../../components/settings/settings";

/**
 * The VPC that a stack's settings name, which this cloud has from the start. None where the file is missing or does not
 * name one; what is wrong with the settings the program says.
 */
export function existingNetworkIn(settingsFile: string): ExistingNetwork | null {
  try {
    const { config = {} } = (parse(readFileSync(settingsFile, "utf8")) ?? {}) as { config?: Record<string, unknown> };
    return existingNetworkOf(settingsOf(config).network);
  } catch {
    return null;
  }
}
