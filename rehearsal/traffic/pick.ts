import type { RandomNumbers } from "../seeded-random";

/** One of `items`, which must not be empty. */
export function pick<T>(random: RandomNumbers, items: readonly T[]): T {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error("pick: nothing to pick from");
  return item;
}
