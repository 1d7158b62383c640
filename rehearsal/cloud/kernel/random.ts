import { createHash } from "node:crypto";
import { type RandomNumbers, seededRandom } from "../../seeded-random";

/** The cloud's random numbers, from a seed. */
export class Random {
  readonly #next: RandomNumbers;

  constructor(seed: number) {
    this.#next = seededRandom(seed);
  }

  between(min: number, max: number): number {
    return min + (max - min) * this.#next();
  }

  /** Returns a number of a range; a range of one number takes none of the seed's. */
  within({ min, max }: { min: number; max: number }): number {
    return min === max ? min : this.between(min, max);
  }

  integer(min: number, max: number): number {
    return Math.floor(this.between(min, max + 1));
  }

  /** Returns hexadecimal digits, as in AWS ids, which have 17 after their prefix. */
  hex(digits: number): string {
    return createHash("sha256").update(`${this.#next()}${this.#next()}`).digest("hex").slice(0, digits);
  }

  /** Returns a UUID, as other AWS ids are. */
  uuid(): string {
    return [8, 4, 4, 4, 12].map((digits) => this.hex(digits)).join("-");
  }
}
