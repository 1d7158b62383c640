import type { RandomNumbers } from "../../../seeded-random";

/**
 * Chooses one item at random, in proportion to the weights. An item with weight 0 is never chosen (aws-rules E20).
 * @returns undefined when every weight is 0 or there are no items (E21)
 */
export function chooseByWeight<T extends { weight: number }>(
  items: readonly T[],
  random: RandomNumbers,
): T | undefined {
  let total = 0;
  for (const item of items) total += item.weight;
  if (total <= 0) return undefined;
  let left = random() * total;
  for (const item of items) {
    if (left < item.weight) return item;
    left -= item.weight;
  }
  return undefined;
}

/** Returns the items of a list in turn. The list may change between two calls. */
export class RoundRobin {
  #turn = 0;

  next<T>(items: readonly T[]): T | undefined {
    if (items.length === 0) return undefined;
    const item = items[this.#turn % items.length];
    this.#turn = (this.#turn + 1) % Number.MAX_SAFE_INTEGER;
    return item;
  }
}
