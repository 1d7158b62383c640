import { COLOURS } from "../core/colour-name";
import { CONFIG_NAMESPACE } from "../settings/problem";
import type { DatabaseSettings, Settings } from "../settings/settings";
import type { Live } from "./live";
import type { DatabaseOutputs, StackState } from "./outputs";
import { configurationOfRelease } from "./release";

/**
 * Changes that would take away or replace a database with its data, or that RDS refuses: one line each, with the path, the
 * value given, the value that the stack has and what to do.
 *
 * @param previous live state after the last run
 * @param last outputs of the last run
 */
export function databaseChanges(
  databases: Settings["databases"],
  previous: Live,
  last: Partial<Pick<StackState, "databases" | "deletionProtection">>,
): string[] {
  return Object.entries(last.databases ?? {}).flatMap(([name, had]) => {
    const now = databases[name];
    return now ? changedProblems(name, now, had) : removalProblems(name, previous, last.deletionProtection ?? true);
  });
}

/** A database with releases that use it stays; another one stays as long as it is protected. */
function removalProblems(name: string, previous: Live, isProtected: boolean): string[] {
  const users = usersOf(name, previous);
  if (users.length > 0)
    return [
      `${path(name)}: removed, but ${users.join(", ")} uses it, and would lose its data: put it back; to delete it for good, first deploy releases without "uses: [${name}]" to both colours.`,
    ];
  if (!isProtected) return [];
  return [
    `${path(name)}: removed, but the stack has it with its data: put it back; to delete it for good, first run \`pulumi up\` with ${CONFIG_NAMESPACE}:deletionProtection: false, then remove it. A final snapshot stays.`,
  ];
}

function changedProblems(name: string, now: DatabaseSettings, had: DatabaseOutputs): string[] {
  return [
    ...(now.version === had.version
      ? []
      : [
          `${path(name)}.version: given ${now.version}, but the stack has ${had.version}: an upgrade to another major version stops the database for minutes and cannot be taken back, so no run does it by the way: put it back, and see docs/databases.md for the way to another version.`,
        ]),
    // aws-rules B4
    ...(now.storageGiB < had.storageGiB
      ? [
          `${path(name)}.storageGiB: given ${now.storageGiB}, but the stack has ${had.storageGiB}: storage only grows: put it back.`,
        ]
      : []),
  ];
}

/** Services with a release, on either colour, that uses the database: a rollback needs it, too. */
function usersOf(name: string, previous: Live): string[] {
  return Object.entries(previous.services).flatMap(([service, { colours }]) => {
    const uses = COLOURS.some((colour) => {
      const { release } = colours[colour];
      return release && configurationOfRelease(release)?.uses?.includes(name);
    });
    return uses ? [service] : [];
  });
}

function path(name: string): string {
  return `${CONFIG_NAMESPACE}:databases.${name}`;
}
