import { writeFileSync } from "node:fs";
import { getPriority } from "node:os";

/** Linux takes one change in 100 ms from all users but root, and says EAGAIN to others. */
const RETRY_MS = 100;

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
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(niceness));
  } catch (error) {
    // Any other error: the process has ended, or this system has no such priority.
    if ((error as NodeJS.ErrnoException).code === "EAGAIN")
      setTimeout(setSessionPriority, RETRY_MS, pid, niceness).unref();
  }
}
