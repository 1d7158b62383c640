/** One line of a stream. */
export interface LogEvent {
  stream: string;
  /** Unix milliseconds. */
  timestamp: number;
  message: string;
  /** Counts up over all events of the group; gives their order and the start of a page. */
  serial: number;
}

/** Number of events that a stream keeps; older lines are only in its file. */
const MAX_EVENTS = 10_000;

/** The events of one group's streams, oldest first. */
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
    // Old events are removed in bulk, because each removal copies the rest.
    if (events.length >= 2 * MAX_EVENTS) events.splice(0, events.length - MAX_EVENTS);
  }

  /** Returns the events of a stream; undefined if nothing was ever written to it. */
  stream(name: string): LogEvent[] | undefined {
    return this.#streams.get(name);
  }

  /** Returns the events of the selected streams in the order in which they were written. */
  ofStreams(isSelected: (stream: string) => boolean): LogEvent[] {
    const selected = [...this.#streams].filter(([stream]) => isSelected(stream)).map(([, events]) => events);
    return selected.flat().sort((one, other) => one.serial - other.serial);
  }
}
