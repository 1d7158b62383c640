export interface Poll {
  id: string;
  title: string;
}

/** About 20 MB of short titles. At twice as many the older half is forgotten, so that a long rehearsal cannot fill the memory. */
const MIN_KEPT = 100_000;

/** Polls in the memory of this process: they end with it, and another instance of the service does not know them. */
export class PollStore {
  readonly #polls: Poll[] = [];
  readonly #ids = new Set<string>();

  constructor(private readonly minKept = MIN_KEPT) {}

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(poll: Poll): void {
    this.#polls.push(poll);
    this.#ids.add(poll.id);
    if (this.#polls.length < 2 * this.minKept) return;
    for (const { id } of this.#polls.splice(0, this.minKept)) this.#ids.delete(id);
  }

  /** At most `limit` polls, newest first. */
  list(limit: number): Poll[] {
    return this.#polls.slice(-limit).reverse();
  }
}
