import { UserError } from "../../components/core/user-error";
import type { Live } from "../../components/live/live";
import { commandLine } from "../core/desired-releases";
import type { OpeningCommand } from "../ports/journal";
import { type DeployStore, isRollbackCommand, type LeaseRecord } from "../ports/store";
import { isUnfinished, lastRun, type NamedRun } from "../store/recorded-run";
import { ofServices } from "./interrupted-step";
import { canGoBack } from "./way-back";

interface AskedRun {
  /** The run's id. */
  deploy: string;
  run: { opened: Pick<NamedRun["run"]["opened"], "command" | "asked"> };
}

/** Returns a run as messages name it: `20261125T093000Z-7 (deploy users=v2)`. */
export function runText({ deploy, run: { opened } }: AskedRun): string {
  return `${deploy} (${commandLine(opened.command, opened.asked)})`;
}

/** What of an unfinished run says which commands go on with it. */
export interface Unfinished {
  /** The command that began it. */
  command: OpeningCommand;
  /** `back`: to what was active before the run. */
  direction: "forward" | "back";
  /** False where all that the run did was to make first releases active: there is none to go back to. */
  canGoBack: boolean;
}

/** @param live what the stack says now; a service that was removed since is no part of the run */
export function unfinishedOf({ opened, checkpoint }: NamedRun["run"], live: Live): Unfinished {
  const { direction, desired } = checkpoint;
  const lives = { before: opened.live, live };
  const run = { ...lives, desired: ofServices(desired, lives) };
  return { command: opened.command, direction, canGoBack: canGoBack(run) };
}

/**
 * Which commands go on with an unfinished run: to take a rollback back would make active again what it leads away from, and to take a `retire` back
 * would stop the old colours all the same. A run that is being taken back is so by `resume`, too.
 */
export function waysOn({ command, direction, canGoBack }: Unfinished): string {
  if (command === "retire") return "`resume` ends it";
  if (command !== "rollback") {
    if (direction === "back") return "`resume` or `abort` goes on taking it back";
    return canGoBack
      ? "`resume` goes on with it, `abort` takes it back"
      : "`resume` goes on with it: a first release is active, and there is none before it";
  }
  return direction === "forward"
    ? "`resume` or `rollback` goes on with it"
    : "it was being taken back: `rollback` goes to the release before again, `resume` only clears up";
}

/**
 * @param live what the stack says now
 * @throws UserError with exit code 1 while the newest run is not finished
 */
export async function assertFinished(store: DeployStore, live: Live): Promise<void> {
  const last = await lastRun(store);
  if (!last || !isUnfinished(last.run)) return;
  const { opened } = last.run;
  const { deploy } = last;
  throw new UserError(
    `${deploy} (${commandLine(opened.command, opened.asked)} by ${opened.who}) is not finished: ${waysOn(unfinishedOf(last.run, live))}`,
    { exitCode: 1 },
  );
}

/** Returns the lease of the run that goes on elsewhere if that is a rollback, whichever command goes on with it; else null. */
export async function runningRollback(store: DeployStore): Promise<LeaseRecord | null> {
  const lease = await store.lease();
  if (!lease) return null;
  const last = await lastRun(store);
  // Before its journal is opened, only the lease says what the run is.
  const what = last && isUnfinished(last.run) ? last.run.opened.command : lease.holder.what;
  return isRollbackCommand(what) ? lease : null;
}
