/** One line of a stream. */
export interface LogEvent {
  stream: string;
  /** Unix milliseconds. */
  timestamp: number;
  message: string;
  /** Counts up over all events: their order, and where a page begins. */
  serial: number;
}

/** Lines of a stream that can be asked for; older ones are only in its file. */
const MAX_EVENTS = 10_000;

/** What one group's streams hold, newest last. */
export class LogEvents {
  readonly #streams = new Map<string, LogEvent[]>();
  #serial = 0;

  add(stream: string, message: string): void {
    this.#serial += 1;
    const event = { stream, timestamp: Date.now(), message, serial: this.#serial };
    const events = this.#streams.get(stream);
    if (!events) {
      this.#streams.set(stream, [event]);
      return;
    }
    events.push(event);
    // Not one by one: cutting the beginning off copies the rest.
    if (events.length >= 2 * MAX_EVENTS) events.splice(0, events.length - MAX_EVENTS);
  }

  /** Undefined if nothing was ever written to it. */
  stream(name: string): LogEvent[] | undefined {
    return this.#streams.get(name);
  }

  /** In the order in which they were written. */
  ofStreams(isWanted: (stream: string) => boolean): LogEvent[] {
    const wanted = [...this.#streams].filter(([stream]) => isWanted(stream)).map(([, events]) => events);
    return wanted.flat().sort((one, other) => one.serial - other.serial);
  }
}
