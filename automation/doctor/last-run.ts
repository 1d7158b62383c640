import { runText, unfinishedOf, waysOn } from "../deploy/unfinished-run";
import { isUnfinished, lastRun, type NamedRun } from "../store/recorded-run";
import type { Examined } from "./check";

/** Returns which commands go on with an unfinished run, as they are typed. */
export async function typedWaysOn(
  { run }: NamedRun,
  { stack, outputs }: Pick<Examined, "stack" | "outputs">,
): Promise<string> {
  // Without the stack nothing is known to have changed since the run began.
  const now = await outputs().catch(() => null);
  const ways = waysOn(unfinishedOf(run, now?.live ?? run.opened.live));
  return ways.replace(/`(\w+)`/g, (_, command) => `\`npx aoshingo ${command} --stack ${stack}\``);
}

/**
 * Returns a remedy that reads again what AWS has, or changes it by the state. While a run goes on or is not finished it returns what to do about that
 * instead: on the way back rules are changed before the state is, and a refresh in between can lead production to the bad release.
 */
export async function remedyBetweenRuns(examined: Examined, remedy: string): Promise<string> {
  const { store } = examined;
  try {
    const open = await store();
    const [lease, last] = await Promise.all([open.lease(), lastRun(open)]);
    if (lease) return `wait: ${lease.holder.what} by ${lease.holder.who} is running and may change this right now`;
    if (!last || !isUnfinished(last.run)) return remedy;
    return `first end ${runText(last)}, then run doctor again: ${await typedWaysOn(last, examined)}`;
  } catch {
    return `${remedy}, but only if no run is running or not finished`;
  }
}
