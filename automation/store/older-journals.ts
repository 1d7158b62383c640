/** Names in versions 1 to 3 of the journal, and the current ones. */
const KINDS: Readonly<Record<string, string>> = { takenUp: "resumed", turned: "rollbackStarted" };
const CHECKPOINT_FIELDS: Readonly<Record<string, string>> = {
  way: "direction",
  wish: "desired",
  running: "activeInstances",
};
/** Fields that older versions lack: version 1 had no `approval`, versions 1 and 2 no `ignoredUnhealthy`. */
const ADDED = { approval: null, ignoredUnhealthy: [] };
/** Versions 1 to 5 did not say whether the run had migrated. */
const ADDED_PROGRESS = { migratedAtMs: null, sinceMigration: null };

/** Lists of releases for which a step was done, and the step of each. */
const DONE: Readonly<Record<string, string>> = {
  migrated: "migrate",
  verified: "verify",
  tested: "test",
  ramped: "ramp",
  confirmed: "confirm",
  baked: "bake",
  drained: "drain",
};

/**
 * Returns a journal entry with the names of the current version, whichever version wrote it. Only names and places change:
 * the result still has to be validated. A journal that an older version began and this one continued has entries of both.
 */
export function upgradedEntry(json: unknown): unknown {
  if (!isRecord(json) || typeof json.kind !== "string") return json;
  const { standing, ...entry } = { ...json, kind: KINDS[json.kind] ?? json.kind } as Record<string, unknown>;
  if (!isRecord(standing)) return withProgress(standing === undefined ? entry : { ...entry, standing });
  const checkpoint = Object.fromEntries(
    Object.entries(standing).map(([name, value]) => [CHECKPOINT_FIELDS[name] ?? name, value]),
  );
  return { ...entry, checkpoint: { ...ADDED, ...checkpoint, progress: upgradedProgress(checkpoint.progress) } };
}

/** An entry that version 4 or 5 wrote, or a current one. */
function withProgress(entry: Record<string, unknown>): unknown {
  const { checkpoint } = entry;
  if (!isRecord(checkpoint) || !isRecord(checkpoint.progress)) return entry;
  return { ...entry, checkpoint: { ...checkpoint, progress: { ...ADDED_PROGRESS, ...checkpoint.progress } } };
}

function upgradedProgress(progress: unknown): unknown {
  if (!isRecord(progress)) return progress;
  const lists = Object.entries(progress).filter(([name]) => name in DONE);
  const others = Object.entries(progress).filter(([name]) => !(name in DONE));
  return {
    ...ADDED_PROGRESS,
    ...Object.fromEntries(others),
    done: Object.fromEntries(lists.map(([name, list]) => [DONE[name], list])),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
