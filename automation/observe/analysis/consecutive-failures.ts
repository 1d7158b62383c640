/**
 * Filters the problems of single looks. The calls of one look are not made at the same moment, so a colour's problems
 * count only if the look before found problems with that colour, too.
 */
export class ConsecutiveFailures {
  #failed = new Set<string>();

  /** Whether the last look found a problem with any colour. */
  get any(): boolean {
    return this.#failed.size > 0;
  }

  /**
   * Takes the problems of one look.
   * @param found problems of each colour, by its service
   * @returns the problems that count
   */
  confirmed(found: ReadonlyMap<string, readonly string[]>): string[] {
    const confirmed = [...found].flatMap(([name, problems]) => (this.#failed.has(name) ? problems : []));
    this.#failed = new Set([...found].flatMap(([name, problems]) => (problems.length > 0 ? [name] : [])));
    return confirmed;
  }
}
