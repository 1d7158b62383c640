/**
 * Whose turn it is, for any number of turns: each index gets a share of the turns that is its weight's, spread as evenly as can be (smooth
 * weighted round robin). Equal weights take turns in their order.
 */
export class Turns {
  readonly #weights: readonly number[];
  readonly #total: number;
  readonly #credits: number[];

  constructor(weights: readonly number[]) {
    this.#weights = weights;
    this.#total = weights.reduce((sum, weight) => sum + weight, 0);
    this.#credits = weights.map(() => 0);
  }

  next(): number {
    let chosen = 0;
    for (const [index, weight] of this.#weights.entries()) {
      this.#credits[index]! += weight;
      if (this.#credits[index]! > this.#credits[chosen]!) chosen = index;
    }
    this.#credits[chosen]! -= this.#total;
    return chosen;
  }
}
