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
 * @param tasks the running tasks of the desired release; null while not enough of them are up
 * @param enough how many tasks have to run on; others may come and go. Default: all
 */
export function steadiness(
  before: Steadiness | null,
  tasks: readonly ObservedTask[] | null,
  nowMs: number,
  enough = Number.POSITIVE_INFINITY,
): Steadiness | null {
  const restarts = before?.restarts ?? 0;
  if (tasks === null)
    return before && { taskIds: [], sinceMs: nowMs, restarts: restarts + Number(before.taskIds.length > 0) };
  const taskIds = tasks.map(({ id }) => id).sort();
  if (!before) return { taskIds, sinceMs: nowMs, restarts };
  if (before.taskIds.join() === taskIds.join()) return before;
  const lasting = before.taskIds.filter((id) => taskIds.includes(id));
  if (lasting.length >= enough) return { ...before, taskIds: lasting };
  return { taskIds, sinceMs: nowMs, restarts: restarts + Number(before.taskIds.length > 0) };
}
