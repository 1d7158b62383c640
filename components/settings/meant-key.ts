import type { z } from "zod";
import { nearest } from "../core/nearest";
import { pathText } from "./problem";
import { SettingsSchema } from "./schema";
import { ANY, isDeprecated, keysBelow } from "./schema-keys";

type Path = readonly string[];

/** A key in another place was meant only if hardly a letter differs. */
const MOST_WRONG_ELSEWHERE = 0.2;
/** Most places that are named. */
const MOST_PLACES = 3;

/**
 * Returns what was meant by an unknown key: the nearest of the same block, and a key of this name in a block below; else a key of about
 * this name with the path where it belongs; undefined if there is none.
 * @param path of the block
 */
export function meantKey(path: readonly PropertyKey[], typed: string): string | undefined {
  const block = path.map(String);
  const known = keysAnywhere(SettingsSchema, []);
  const within = known.filter((key) => key.length > block.length && sharedKeys(key, block) === block.length);
  const isHere = (key: Path) => key.length === block.length + 1;
  const below = within.filter((key) => !isHere(key) && isSame(key.at(-1)!, typed));
  const meant = [...nearest(typed, namesOf(within.filter(isHere))), ...placesOf(below, block)];
  if (meant.length > 0) return meant.join(" or ");
  const names = nearest(typed, namesOf(known), MOST_WRONG_ELSEWHERE);
  const elsewhere = known.filter((key) => names.includes(key.at(-1)!));
  return placesOf(elsewhere, block).join(" or ") || undefined;
}

function keysAnywhere(schema: z.core.$ZodType, above: Path): Path[] {
  return keysBelow(schema, above)
    .filter((key) => !isDeprecated(key.schema))
    .flatMap(({ path, schema }) => [path, ...keysAnywhere(schema, path)]);
}

function namesOf(keys: readonly Path[]): string[] {
  return [...new Set(keys.map((key) => key.at(-1)!))];
}

function isSame(name: string, typed: string): boolean {
  return name.toLowerCase() === typed.toLowerCase();
}

/** Where those of the keys belong that have most in common with the block and, of those, the shortest paths. */
function placesOf(keys: readonly Path[], block: Path): string[] {
  const most = Math.max(...keys.map((key) => sharedKeys(key, block)));
  const near = keys.filter((key) => sharedKeys(key, block) === most);
  const shortest = Math.min(...near.map(({ length }) => length));
  return near
    .filter(({ length }) => length === shortest)
    .slice(0, MOST_PLACES)
    .map((key) => `${pathText([...block.slice(0, most), ...key.slice(most)])} (the key belongs there)`);
}

/** How many keys at the beginning of a path are those of the block. */
function sharedKeys(key: Path, block: Path): number {
  const differing = key.findIndex((each, place) => each !== block[place] && (each !== ANY || place >= block.length));
  return differing < 0 ? key.length : differing;
}
