import type { ObservedTask } from "../ports/observer";

/** Since when the same tasks have been running. */
export interface Steadiness {
  taskIds: readonly string[];
  /** Unix milliseconds. */
  sinceMs: number;
  /** How often tasks ended or were replaced, so that the time began again. */
  restarts: number;
}

/**
 * Returns the steadiness after one more look at the tasks.
 * @param before steadiness after the look before; null for the first one
 * @param tasks the running tasks of the desired release; null while they are not all up
 */
export function steadiness(
  before: Steadiness | null,
  tasks: readonly ObservedTask[] | null,
  nowMs: number,
): Steadiness | null {
  const restarts = before?.restarts ?? 0;
  if (tasks === null)
    return before && { taskIds: [], sinceMs: nowMs, restarts: restarts + Number(before.taskIds.length > 0) };
  const taskIds = tasks.map(({ id }) => id).sort();
  if (!before) return { taskIds, sinceMs: nowMs, restarts };
  if (before.taskIds.join() === taskIds.join()) return before;
  return { taskIds, sinceMs: nowMs, restarts: restarts + Number(before.taskIds.length > 0) };
}
