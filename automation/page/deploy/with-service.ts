import { isDeepStrictEqual } from "node:util";
import { emptyService, type PageModel, type PageService } from "./model";

/** Returns the model with one service changed, or added if it was not there. */
export function withService(model: PageModel, name: string, change: (service: PageService) => PageService): PageModel {
  return { ...model, services: { ...model.services, [name]: change(model.services[name] ?? emptyService()) } };
}

/**
 * Returns the history with one more entry, unless `keys` are the same as in the last one. An entry of the same time replaces the last one. A time before the
 * page's beginning counts as its beginning.
 * @param keys properties that make an entry another one
 */
export function changed<Entry extends { atMs: number }>(
  history: readonly Entry[],
  entry: Entry,
  ...keys: readonly (keyof Entry)[]
): Entry[] {
  const next = { ...entry, atMs: Math.max(0, entry.atMs) };
  const before = history.at(-1)?.atMs === next.atMs ? history.slice(0, -1) : [...history];
  const last = before.at(-1);
  const isSame = last && keys.every((key) => isDeepStrictEqual(last[key], next[key]));
  return isSame ? before : [...before, next];
}
