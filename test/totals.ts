export interface Totals {
  passes: number;
  failures: number;
  pending: number;
}

/** What one process of tests ends with. */
export interface Results extends Totals {
  /** Milliseconds of each test file, its hooks included, by its path. */
  fileMs: Record<string, number>;
  /** What failed, a line each: the file, the test, and how its message begins. */
  failed: string[];
}

/** One plain line that a script can read: `2004 passed, 0 failed`, and `, 3 skipped` if there are any. */
export function totalsLine({ passes, failures, pending }: Totals): string {
  return `${passes} passed, ${failures} failed${pending > 0 ? `, ${pending} skipped` : ""}`;
}

/** The files that took longest, one line each, longest first. */
export function slowestLines(fileMs: Readonly<Record<string, number>>, count: number): string[] {
  const slowest = Object.entries(fileMs).sort(([, one], [, another]) => another - one);
  return slowest.slice(0, count).map(([file, ms]) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${file}`);
}
