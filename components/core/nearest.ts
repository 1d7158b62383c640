/** A name that differs in more than this share of its letters was not meant. */
const MOST_WRONG = 0.4;

/**
 * Returns the names that differ least from a mistyped one; none if none is near.
 * @param mostWrong share of the letters that may differ
 */
export function nearest(typed: string, names: readonly string[], mostWrong = MOST_WRONG): string[] {
  const distances = names.map((name) => distance(typed.toLowerCase(), name.toLowerCase()));
  const least = Math.min(...distances);
  return least > Math.max(typed.length, 2) * mostWrong ? [] : names.filter((_, place) => distances[place] === least);
}

/** How many letters one has to insert, take away, replace, or swap with the next: the optimal string alignment distance. */
function distance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= other.length; column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped = row > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      next[column] = Math.min(
        next[column - 1]! + 1,
        last[column]! + 1,
        last[column - 1]! + (isSame ? 0 : 1),
        isSwapped && column > 1 ? beforeLast[column - 2]! + 1 : Number.POSITIVE_INFINITY,
      );
    }
    beforeLast = last;
    last = next;
  }
  return last[other.length]!;
}
