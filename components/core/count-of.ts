/**
 * Returns a number with its noun, such as `1 rule` or `2 rules`. Only for nouns whose plural ends in `s`.
 * @param write writes the number; default: its digits alone
 */
export function countOf(number: number, noun: string, write: (number: number) => string = String): string {
  return `${write(number)} ${noun}${number === 1 ? "" : "s"}`;
}
