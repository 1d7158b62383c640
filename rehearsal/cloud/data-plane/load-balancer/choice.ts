import type { RandomNumbers } from "../../../seeded-random";

/**
 * One of the weighted things; weight 0 is never chosen (aws-rules E20).
 * @returns undefined when every weight is 0 or there is nothing to choose from (E21)
 */
export function chooseByWeight<T extends { weight: number }>(
  things: readonly T[],
  random: RandomNumbers,
): T | undefined {
  let total = 0;
  for (const thing of things) total += thing.weight;
  if (total <= 0) return undefined;
  let left = random() * total;
  for (const thing of things) {
    if (left < thing.weight) return thing;
    left -= thing.weight;
  }
  return undefined;
}

/** Takes turns, also when the list changes between two calls. */
export class RoundRobin {
  #turn = 0;

  next<T>(things: readonly T[]): T | undefined {
    if (things.length === 0) return undefined;
    const thing = things[this.#turn % things.length];
    this.#turn = (this.#turn + 1) % Number.MAX_SAFE_INTEGER;
    return thing;
  }
}
