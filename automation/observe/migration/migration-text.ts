import type { Observed } from "../../ports/migration-observer";

type Lock = Observed["locks"][number];

/** More are counted only: a line of a run is read by people. */
const MOST_CHANGES = 5;
/** What stands behind the definition of an index that is not valid (components/database/function/schema.ts). */
const NOT_VALID = " (not valid)";

/** What a migration did, in one line: to the schema, and with which locks. */
export function migrationText(before: Observed["schema"], after: Observed["schema"], locks: readonly Lock[]): string {
  const changes = schemaChanges(before, after);
  const more = changes.length > MOST_CHANGES ? [`${changes.length - MOST_CHANGES} more`] : [];
  return [
    ...(changes.length === 0 ? ["no change of the schema"] : [...changes.slice(0, MOST_CHANGES), ...more]),
    ...invalidIndexes(after),
    lockText(locks),
  ].join("; ");
}

/** What is different, one line each, tables first. What belongs to a table that is new or gone is not named with it. */
export function schemaChanges(before: Observed["schema"], after: Observed["schema"]): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort(
    (a, b) => Number(b.startsWith("table ")) - Number(a.startsWith("table ")) || (a < b ? -1 : 1),
  );
  const changed = names.filter((name) => before[name] !== after[name]);
  const tables = changed.flatMap((name) => /^table (.*)$/.exec(name)?.[1] ?? []);
  // The definition of an index names its table.
  const belongs = (name: string) =>
    tables.some((table) => {
      const definition = after[name] ?? before[name]!;
      return (
        new RegExp(`^(column|constraint|trigger) ${escaped(table)}\\.`).test(name) ||
        (name.startsWith("index ") && new RegExp(` ON (\\S+\\.)?"?${escaped(table)}"? `).test(definition))
      );
    });
  return changed
    .filter((name) => name.startsWith("table ") || !belongs(name))
    .map((name) => change(name, before, after));
}

/** The indexes that a concurrent build has left unfinished, now or earlier, one line each: `if not exists` skips them, and nothing else says so. */
function invalidIndexes(schema: Observed["schema"]): string[] {
  return Object.entries(schema)
    .filter(([name, definition]) => name.startsWith("index ") && definition.endsWith(NOT_VALID))
    .map(([name]) => `${name} is not valid: nothing uses it until it is dropped and created again`);
}

function change(name: string, before: Observed["schema"], after: Observed["schema"]): string {
  const [was, is] = [before[name], after[name]];
  const text = (definition: string) => (definition === "" || !name.startsWith("column ") ? "" : ` (${definition})`);
  if (is === undefined) return `${name} dropped`;
  if (was === undefined) return `${name} added${text(is)}`;
  return name.startsWith("column ") ? `${name}: ${was} -> ${is}` : `${name} changed`;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** Locks of several sessions are one for each table and kind: what others noticed of them. */
function lockText(locks: readonly Lock[]): string {
  const byKind = new Map<string, Lock>();
  for (const lock of locks) {
    const key = `${lock.mode} ${lock.relation}`;
    const known = byKind.get(key);
    byKind.set(key, known ? joined(known, lock) : lock);
  }
  if (byKind.size === 0) return "no lock seen that requests wait for";
  return [...byKind.values()].map(oneLock).join("; ");
}

function joined(one: Lock, other: Lock): Lock {
  return {
    ...one,
    heldMs: one.heldMs + other.heldMs,
    waitedMs: one.waitedMs + other.waitedMs,
    waiting: Math.max(one.waiting, other.waiting),
    longestWaitMs: Math.max(one.longestWaitMs, other.longestWaitMs),
  };
}

function oneLock({ relation, mode, heldMs, waitedMs, waiting, longestWaitMs }: Lock): string {
  const waited = waitedMs > 0 ? ` after a wait of ${duration(waitedMs)}` : "";
  const held = heldMs > 0 ? `${mode} on ${relation} held for ${duration(heldMs)}${waited}` : "";
  const notGot = `waited ${duration(waitedMs)} for ${mode} on ${relation} and did not get it`;
  const others =
    waiting === 0
      ? ""
      : `, ${waiting} ${waiting === 1 ? "session" : "sessions"} waited behind it for up to ${duration(longestWaitMs)}`;
  return `${held || notGot}${others}`;
}

/** `40 ms`, `1.2 s`. */
function duration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}
