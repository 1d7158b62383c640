import type { ColourObservation, FailedTask } from "../ports/observer";

/** Counts a colour's tasks that failed since the first look. ECS lists those of before, too, for an hour. */
export class TaskFailures {
  readonly #since = new Map<string, FailedTask>();
  #before: ReadonlySet<string> | null = null;

  get count(): number {
    return this.#since.size;
  }

  /** Why the one failed that was seen last; "" while none has. */
  get lastReason(): string {
    return [...this.#since.values()].at(-1)?.reason ?? "";
  }

  /** @returns how many have failed by now */
  since({ failedTasks }: Pick<ColourObservation, "failedTasks">): number {
    this.#before ??= new Set(failedTasks.map(({ id }) => id));
    // The newest comes first.
    for (const task of failedTasks.toReversed()) if (!this.#before.has(task.id)) this.#since.set(task.id, task);
    return this.count;
  }
}
