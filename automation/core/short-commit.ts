/** Digits of a commit that are enough to check it out. */
const DIGITS = 12;

/** Returns the beginning of a commit's hash, by which people name it. */
export function shortCommit(commit: string): string {
  return commit.slice(0, DIGITS);
}
