export interface Totals {
  passes: number;
  failures: number;
  pending: number;
}

/** One plain line that a script can read: `2004 passed, 0 failed`, and `, 3 skipped` if there are any. */
export function totalsLine({ passes, failures, pending }: Totals): string {
  return `${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}`;
}
