import { writeFileSync } from "node:fs";
import { getPriority } from "node:os";

/** Linux takes one change in 100 ms from all users but root, and says EAGAIN to others. */
const RETRY_MS = 100;

/** What is still to be set, by process id: the last value that was asked for counts. */
const waiting = new Map<number, number>();

/**
 * Gives a process that leads a session of its own this process's priority towards other sessions. Linux shares the
 * processor among sessions first (autogroup), and only then by niceness among the processes of each: without this, a
 * child in a new session gets a whole share, however nice its parent is. Other systems go by niceness alone, which a
 * child inherits.
 * @param pid undefined for a process that could not start
 */
export function keepPriority(pid: number | undefined, niceness = getPriority()): void {
  if (pid !== undefined && niceness !== 0) setSessionPriority(pid, niceness);
}

/**
 * Sets the priority of a session towards others, where the system has one (see `keepPriority`).
 * @param pid a process of the session
 * @param niceness from 0, the default, to 19
 */
export function setSessionPriority(pid: number, niceness: number): void {
  const isWaiting = waiting.has(pid);
  waiting.set(pid, niceness);
  if (!isWaiting) attempt(pid);
}

function attempt(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(waiting.get(pid)));
    waiting.delete(pid);
  } catch (error) {
    // Any other error: the process has ended, or this system has no such priority.
    if ((error as NodeJS.ErrnoException).code === "EAGAIN") setTimeout(attempt, RETRY_MS, pid).unref();
    else waiting.delete(pid);
  }
}
