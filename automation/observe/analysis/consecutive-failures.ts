/**
 * The calls of one look are not of one moment: what they have against a colour counts when the next look has something against it, too.
 */
export class ConsecutiveFailures {
  #doubted = new Set<string>();

  /** The last look had something against a colour. */
  get any(): boolean {
    return this.#doubted.size > 0;
  }

  /**
   * @param seen what one look has against each colour, by its service
   * @returns what counts
   */
  confirmed(seen: ReadonlyMap<string, readonly string[]>): string[] {
    const confirmed = [...seen].flatMap(([name, faults]) => (this.#doubted.has(name) ? faults : []));
    this.#doubted = new Set([...seen].flatMap(([name, faults]) => (faults.length > 0 ? [name] : [])));
    return confirmed;
  }
}
