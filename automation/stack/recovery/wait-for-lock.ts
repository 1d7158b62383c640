import type { Clock } from "../../core/clock";
import { ENGINE_END_MS } from "../../core/engine-limits";
import { StepFailed } from "../../core/errors";
import { describeLocks, type Lock } from "./lock";
import { isOfLostUp, mayHaveRunHere, ownerHasEnded } from "./started-engines";

/** A look costs reading a file, a request to S3, or half a second of the CLI. */
const INTERVAL_MS = 500;

export interface WaitForLockOptions {
  /** Name of the stack. */
  stack: string;
  clock: Clock;
  signal: AbortSignal;
  onProgress(line: string): void;
  /** Removes all locks of the stack. */
  cancel(): Promise<void>;
  /** See `UpOptions`. Asked for only where a lock may have been taken here. */
  lostUp: (() => Promise<number | null>) | undefined;
}

/**
 * Waits until nobody has the stack's lock. Locks whose owners have all ended are cancelled, all others are waited for.
 * An owner may give its lock back and end between the look and the check of its process, so a lock is cancelled only
 * when a second look still shows it. Nobody else can get a lock as long as there is one: the locks that were checked
 * are the ones that are cancelled.
 * @param look returns the current locks; null when the stack is free
 * @returns one line for people for each thing that was done
 * @throws StepFailed when the limit is over
 */
export async function waitForLock(
  look: () => Promise<readonly Lock[] | null>,
  { stack, clock, signal, onProgress, cancel, lostUp = async () => null }: WaitForLockOptions,
): Promise<string[]> {
  const deadlineMs = clock.now() + ENGINE_END_MS;
  const done: string[] = [];
  let waitedFor: string | null = null;
  let abandoned: string | null = null;
  let lost: Promise<number | null> | undefined;
  for (;;) {
    signal.throwIfAborted();
    const locks = await look();
    if (locks === null) break;
    const who = describeLocks(locks);
    const mayBeLost = locks.some(mayHaveRunHere);
    if (mayBeLost) lost ??= lostUp();
    const lostMs = (await lost) ?? null;
    if (locks.length > 0 && locks.every((lock) => ownerHasEnded(lock) || isOfLostUp(lock, lostMs))) {
      if (who !== abandoned) {
        abandoned = who;
        continue;
      }
      await cancel();
      done.push(`took away the stack's lock of ${who}: that process has ended`);
      continue;
    }
    if (clock.now() >= deadlineMs)
      throw new StepFailed(
        `the stack is still locked after ${ENGINE_END_MS / 60_000} minutes: ${who}; once it is sure that this update does not run any more, \`pulumi cancel --stack ${stack}\``,
      );
    [waitedFor, abandoned] = [who, null];
    const hint = mayBeLost
      ? `; no such process runs here: if this was its machine, \`pulumi cancel --stack ${stack}\``
      : "";
    onProgress(`waiting for another update of the stack to end: ${who}${hint}`);
    await clock.sleep(INTERVAL_MS, signal);
  }
  if (waitedFor !== null && done.length === 0) done.push(`waited for another update of the stack to end: ${waitedFor}`);
  return done;
}
