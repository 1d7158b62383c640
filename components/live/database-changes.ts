import { COLOURS } from "../core/colour-name";
import { CONFIG_NAMESPACE } from "../settings/problem";
import type { ExistingDatabase, NewDatabase, Settings } from "../settings/settings";
import type { Live } from "./live";
import type { ExistingDatabaseOutputs, NewDatabaseOutputs, StackState } from "./outputs";
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
    const isProtected = last.deletionProtection ?? true;
    if ("existing" in had) {
      if (now === undefined) return removedExistingProblems(name, previous);
      return "existing" in now
        ? movedProblems(name, now.existing, had.existing, previous)
        : [`${path(name)}: given without existing, but the stack has one that existed already: ${OTHER_DATA}`];
    }
    if (now === undefined) return removalProblems(name, previous, isProtected);
    return "existing" in now
      ? [`${path(name)}.existing: given ${now.existing.host}, but the stack has one of its own: ${OTHER_DATA}`]
      : changedProblems(name, now, had);
  });
}

/** Why a block does not become another database, and what to do. */
const OTHER_DATA =
  "that would be another database with other data: put it back, add a second block beside it, copy the data, and move services by uses.";

/** An existing one is not the stack's: nothing of it is deleted. But releases that use it would have no way to it any more. */
function removedExistingProblems(name: string, previous: Live): string[] {
  const users = usersOf(name, previous);
  if (users.length === 0) return [];
  return [
    `${path(name)}: removed, but ${users.join(", ")} uses it, and could not reach it any more: put it back; first deploy releases without "uses: [${name}]" to both colours.`,
  ];
}

/** A release that runs must not find itself at another database from one task to the next. */
function movedProblems(
  name: string,
  now: ExistingDatabase,
  had: ExistingDatabaseOutputs["existing"],
  previous: Live,
): string[] {
  const users = usersOf(name, previous);
  if (users.length === 0) return [];
  return (["host", "port", "database"] as const)
    .filter((key) => now[key] !== had[key])
    .map(
      (key) =>
        `${path(name)}.existing.${key}: given ${now[key]}, but the stack has ${had[key]}, which ${users.join(", ")} uses: ${OTHER_DATA}`,
    );
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

function changedProblems(name: string, now: NewDatabase, had: NewDatabaseOutputs): string[] {
  return [
    ...(now.version === had.version
      ? []
      : [
          `${path(name)}.version: given ${now.version}, but the stack has ${had.version}: an upgrade to another major version stops the database for minutes and cannot be taken back, so no run does it by the way: put it back, and see docs/databases.md for the way to another version.`,
        ]),
    ...storageProblems(`${path(name)}.storageGiB`, now.storageGiB, had.storageGiB),
  ];
}

/** A volume never shrinks (aws-rules B4), and grows by a tenth at least (B13). */
function storageProblems(where: string, now: number, had: number): string[] {
  const least = Math.ceil((had * 11) / 10);
  if (now === had || now >= least) return [];
  const given = `${where}: given ${now}, but the stack has ${had}`;
  return now < had
    ? [`${given}: storage only grows: put it back.`]
    : [`${given}: RDS enlarges a volume by a tenth or more, wanted at least ${least}: give that, or put it back.`];
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
