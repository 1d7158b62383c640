/** Returns a number with its noun, such as `1 rule` or `2 rules`. Only for nouns whose plural ends in `s`. */
export function countOf(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
