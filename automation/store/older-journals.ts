/** Names that versions 1 to 3 of the journal used, with those of today. */
const KINDS: Readonly<Record<string, string>> = { takenUp: "resumed", turned: "rollbackStarted" };
const CHECKPOINT_FIELDS: Readonly<Record<string, string>> = {
  way: "direction",
  wish: "desired",
  running: "activeInstances",
};
/** Version 1 had no approval; versions 1 and 2 did not know services that were unhealthy before. */
const ADDED = { approval: null, ignoredUnhealthy: [] };

/**
 * A journal entry in the names of the current version, whichever version wrote it. Only names change: the result still has to be
 * validated. A journal that an older version began and this one went on with has entries of both.
 */
export function upgradedEntry(json: unknown): unknown {
  if (!isRecord(json) || typeof json.kind !== "string") return json;
  const { standing, ...entry } = { ...json, kind: KINDS[json.kind] ?? json.kind } as Record<string, unknown>;
  if (!isRecord(standing)) return standing === undefined ? entry : { ...entry, standing };
  const checkpoint = Object.fromEntries(
    Object.entries(standing).map(([name, value]) => [CHECKPOINT_FIELDS[name] ?? name, value]),
  );
  return { ...entry, checkpoint: { ...ADDED, ...checkpoint } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
