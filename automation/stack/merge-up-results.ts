import type { UpResult } from "../ports/stack";

/** Returns what two `up`s in a row did, as if it had been one. */
export function mergeUpResults(first: UpResult, second: UpResult): UpResult {
  const changes = { ...second.changes };
  for (const [operation, count] of Object.entries(first.changes))
    if (operation !== "same") changes[operation] = (changes[operation] ?? 0) + count;
  return {
    outputs: second.outputs,
    seconds: first.seconds + second.seconds,
    waitedSeconds: first.waitedSeconds + second.waitedSeconds,
    changes,
    resources: [...first.resources, ...second.resources],
  };
}
