import type { TaskRunner } from "../ports/run-task";

export type LogPage = Awaited<ReturnType<TaskRunner["log"]>>;

/** A task's log, from where it was read last. */
export class TaskLog {
  #since: string | null = null;

  /** @param readPage returns a page, or null while AWS does not answer */
  constructor(private readonly readPage: (since: string | null) => Promise<LogPage | null>) {}

  /**
   * Returns new lines: those of one page, or of all pages that are there.
   * @returns `isAnswered` false if there may be more that AWS did not answer with
   */
  async read(pages: "one" | "all"): Promise<{ lines: string[]; isAnswered: boolean }> {
    const lines: string[] = [];
    for (;;) {
      const page = await this.readPage(this.#since);
      if (page === null) return { lines, isAnswered: false };
      const isLast = page.next === this.#since;
      this.#since = page.next;
      lines.push(...page.lines);
      if (pages === "one" || isLast) return { lines, isAnswered: true };
    }
  }
}
