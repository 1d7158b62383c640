/** Reads what the services' tasks have written. */
export interface LogReader {
  /**
   * Returns the events from an instant on, oldest first.
   * @param fromMs Unix milliseconds
   * @throws the signal's reason when it is aborted
   */
  events(logGroup: string, fromMs: number, choice?: LogChoice): Promise<LogEvent[]>;
}

/** Which events are read. Default: all. */
export interface LogChoice {
  /** Ends the reading, which takes minutes of a long time in a busy log. */
  signal?: AbortSignal;
  /** Unix milliseconds at which the latest one was written. */
  untilMs?: number | undefined;
  /** A filter pattern of CloudWatch Logs. */
  pattern?: string;
}

export interface LogEvent {
  /** The same each time that the event is read. */
  id: string;
  /** Unix milliseconds at which it was written. */
  atMs: number;
  /** `<colour>/<release>/<container>/<task>`, or `<colour>-migrate/<container>/<task>`. */
  stream: string;
  message: string;
}
