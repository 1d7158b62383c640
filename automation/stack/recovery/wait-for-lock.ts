import type { Clock } from "../../core/clock";
import { StepFailed } from "../../core/errors";
import { describeLocks, type Lock } from "./lock";
import { isProvablyDead } from "./lock-owner";

/** A cutover's `up` takes seconds and a warm one minutes: who waits longer waits for nobody. */
const LIMIT_MS = 10 * 60_000;
/** Looking costs a file, a request to S3, or half a second of the CLI. */
const INTERVAL_MS = 500;

export interface FreeingTools {
  /** Stack's name. */
  stack: string;
  clock: Clock;
  signal: AbortSignal;
  onProgress(line: string): void;
  /** Takes all locks of the stack away. */
  cancel(): Promise<void>;
}

/**
 * Until nobody has the stack's lock: locks of dead owners are cancelled, all others are waited for. An owner may give its lock back and end between the
 * look and the judgement; the dead do not, so that a lock which is there still was left behind. As long as one is there nobody else gets one: those that
 * were judged are those that are cancelled.
 * @param look the locks that are there now; null when the stack is free
 * @returns one line for people for each thing that was done
 * @throws StepFailed when the limit is over
 */
export async function waitForLock(look: () => Promise<readonly Lock[] | null>, tools: FreeingTools): Promise<string[]> {
  const { stack, clock, signal, onProgress, cancel } = tools;
  const deadlineMs = clock.now() + LIMIT_MS;
  const done: string[] = [];
  let waitedFor: string | null = null;
  let dead: string | null = null;
  for (;;) {
    signal.throwIfAborted();
    const locks = await look();
    if (locks === null) break;
    const who = describeLocks(locks);
    if (locks.length > 0 && locks.every(isProvablyDead)) {
      if (who !== dead) {
        dead = who;
        continue;
      }
      await cancel();
      done.push(`took away the stack's lock of ${who}: that process has ended`);
      continue;
    }
    if (clock.now() >= deadlineMs)
      throw new StepFailed(
        `the stack is still locked after ${LIMIT_MS / 60_000} minutes: ${who}; once it is sure that this update does not run any more, \`pulumi cancel --stack ${stack}\``,
      );
    [waitedFor, dead] = [who, null];
    onProgress(`waiting for another update of the stack to end: ${who}`);
    await clock.sleep(INTERVAL_MS, signal);
  }
  if (waitedFor !== null && done.length === 0) done.push(`waited for another update of the stack to end: ${waitedFor}`);
  return done;
}
