import { createHash } from "node:crypto";
import { type RandomNumbers, seededRandom } from "../../seeded-random";

/** What the cloud leaves to chance, by a seed. */
export class Random {
  readonly #next: RandomNumbers;

  constructor(seed: number) {
    this.#next = seededRandom(seed);
  }

  between(min: number, max: number): number {
    return min + (max - min) * this.#next();
  }

  integer(min: number, max: number): number {
    return Math.floor(this.between(min, max + 1));
  }

  /** `digits` hexadecimal digits, as in AWS ids (17 after the prefix). */
  hex(digits: number): string {
    return createHash("sha256").update(`${this.#next()}${this.#next()}`).digest("hex").slice(0, digits);
  }
}
