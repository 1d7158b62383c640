import { isDeepStrictEqual } from "node:util";
import { emptyService, type PageModel, type PageService } from "./model";

/** The model with one service changed; one that it does not have yet is there afterwards. */
export function withService(model: PageModel, name: string, change: (service: PageService) => PageService): PageModel {
  return { ...model, services: { ...model.services, [name]: change(model.services[name] ?? emptyService()) } };
}

/**
 * The history with one more entry, unless that says what the last one says; one of the same time takes the last one's place. What was before the page's
 * time counts as its beginning.
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
