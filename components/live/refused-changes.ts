import type { Settings } from "../settings/settings";
import { breakingChanges } from "./breaking-changes";
import { insightsProblems, lastInsights } from "./container-insights";
import { databaseChanges } from "./database-changes";
import { hostChanges } from "./host-changes";
import { immutableSettingProblems, immutableSettingsOf } from "./immutable-settings";
import { keptDatabases } from "./kept-databases";
import type { Live } from "./live";
import type { StackState } from "./outputs";

/**
 * Changes of the settings that no `up` makes, because they would replace or break what serves production: a line for each. The program refuses them, and
 * a deploy does so before it changes anything: its first `up` would fail, and the `up` that takes the run back, too.
 *
 * @param previous live state after the last run, or what has become of it since
 * @param last what the last run left; empty before a stack's first one
 * @param removed of services that the settings have no more: what runs of them answers requests until the \`up\`
 */
export function refusedChanges(
  settings: Settings,
  region: string,
  previous: Live,
  last: Partial<StackState>,
  removed: Live["services"] = {},
): string[] {
  return [
    ...immutableSettingProblems(immutableSettingsOf(settings, region), settings.services, previous, last),
    ...breakingChanges(settings.services, previous, last),
    ...hostChanges(settings, { ...previous, services: { ...removed, ...previous.services } }, last.services),
    ...databaseChanges(settings.databases, previous, last),
    ...insightsProblems(settings, last),
  ];
}

/** The settings as a deploy declares them: what only `pulumi up` may change of databases and clusters stays as it was. */
export function settingsAsDeployed(given: Settings, last: Partial<StackState>): Settings {
  const containerInsights = given.containerInsights ?? lastInsights(last);
  const databases = keptDatabases(given.databases, last.databases);
  return { ...given, databases, ...(containerInsights && { containerInsights }) };
}
