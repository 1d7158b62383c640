/** The listeners for changes of one kind. */
export class Subscribers<Value> {
  readonly #listeners = new Set<(value: Value) => void>();

  /** Adds a listener. Returns the unsubscribe function. */
  add(listener: (value: Value) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls every listener that is subscribed now. */
  notify(value: Value): void {
    for (const listener of [...this.#listeners]) listener(value);
  }
}
