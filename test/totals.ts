interface Totals {
  passes: number;
  failures: number;
  pending: number;
}

/** What became of one test file. */
export interface FileResult extends Totals {
  /** How many milliseconds the file took, its hooks included. */
  ms: number;
  /** What failed, a line each: the file, the test, and how its message begins. */
  failed: string[];
}

/** What a process of tests ends with, by the path of each file. */
export type Results = Record<string, FileResult>;

/** The results of all files; of a file that ran twice, the later ones. @param runs null for a process that ended before its tests */
export function merged(runs: readonly (Results | null)[]): Results {
  return Object.assign({}, ...runs);
}

/** One plain line that a script can read: `2004 passed, 0 failed`, and `, 3 skipped` if there are any. */
export function totalsLine(results: Results): string {
  const sum = (key: keyof Totals) => Object.values(results).reduce((total, file) => total + file[key], 0);
  const pending = sum("pending");
  return `${sum("passes")} passed, ${sum("failures")} failed${pending > 0 ? `, ${pending} skipped` : ""}`;
}

/** The files in which something failed. */
export function failedFiles(results: Results): string[] {
  return Object.keys(results).filter((file) => results[file]!.failures > 0);
}

/** What failed, a line each. */
export function failedLines(results: Results): string[] {
  return Object.values(results).flatMap(({ failed }) => failed);
}

/** The files that took longest, one line each, longest first. */
export function slowestLines(results: Results, count: number): string[] {
  const slowest = Object.entries(results).sort(([, one], [, another]) => another.ms - one.ms);
  return slowest.slice(0, count).map(([file, { ms }]) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${file}`);
}

export function indented(lines: readonly string[]): string[] {
  return lines.map((line) => `  ${line}`);
}
