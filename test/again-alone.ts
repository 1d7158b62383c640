import { failedFiles, indented, merged, type Results } from "./totals";

/** Where more files fail, the machine is not the cause. */
const MOST_FILES = 3;

/**
 * Runs the files that failed beside others once more, one at a time. A test that starts processes may run into a time limit on a busy
 * machine, whatever it tests (docs/decisions/once-more-alone.md). What failed first is told all the same.
 * @param runs null for a process that ended before its tests
 * @returns the later results; none where nothing failed, or too much
 */
export async function againAlone(
  runs: readonly (Results | null)[],
  runAlone: (file: string) => Promise<Results | null>,
  say: (line: string) => void = console.log,
): Promise<(Results | null)[]> {
  const first = merged(runs);
  const files = failedFiles(first);
  // What no file declares, such as a hook of all files, cannot run again by itself.
  if (files.length > MOST_FILES || files.includes("") || runs.includes(null)) return [];
  const alone: (Results | null)[] = [];
  for (const file of files) {
    say(`Once more alone: ${file}`);
    alone.push(await runAlone(file));
  }
  const passed = files.filter((file) => merged(alone)[file]?.failures === 0);
  const unsteady = passed.flatMap((file) => first[file]!.failed);
  if (unsteady.length > 0) say(["Failed beside others and passed alone:", ...indented(unsteady)].join("\n"));
  return alone;
}
