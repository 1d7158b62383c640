/** Numbers from 0 (included) to 1 (excluded). */
export type RandomNumbers = () => number;

/**
 * Random numbers by mulberry32: the same seed gives the same sequence, so that a rehearsal can be repeated. Not for
 * secrets.
 */
export function seededRandom(seed: number): RandomNumbers {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
