import { UserError } from "../../components/core/user-error";
import { commandLine } from "../core/desired-releases";
import { type DeployStore, isRollbackCommand, type LeaseRecord } from "../ports/store";
import { isUnfinished, lastRun, type NamedRun } from "../store/recorded-run";

interface AskedRun {
  /** The run's id. */
  deploy: string;
  run: { opened: Pick<NamedRun["run"]["opened"], "command" | "asked"> };
}

/** Returns a run as messages name it: `20261125T093000Z-7 (deploy users=v2)`. */
export function runText({ deploy, run: { opened } }: AskedRun): string {
  return `${deploy} (${commandLine(opened.command, opened.asked)})`;
}

/**
 * Which commands go on with an unfinished run: to take a rollback back would make active again what it leads away from, and to take a `retire` back
 * would stop the old colours all the same.
 */
export function waysOn({ command, direction }: { command: string; direction: "forward" | "back" }): string {
  if (command === "retire") return "`resume` ends it";
  if (command !== "rollback") return "`resume` goes on with it, `abort` takes it back";
  return direction === "forward"
    ? "`resume` or `rollback` goes on with it"
    : "it was being taken back: `rollback` goes to the release before again, `resume` only clears up";
}

/** @throws UserError with exit code 1 while the newest run is not finished */
export async function assertFinished(store: DeployStore): Promise<void> {
  const last = await lastRun(store);
  if (!last || !isUnfinished(last.run)) return;
  const { opened, checkpoint } = last.run;
  const { deploy } = last;
  throw new UserError(
    `${deploy} (${commandLine(opened.command, opened.asked)} by ${opened.who}) is not finished: ${waysOn({ command: opened.command, direction: checkpoint.direction })}`,
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
