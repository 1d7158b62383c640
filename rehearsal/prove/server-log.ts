/** An error in PostgreSQL's log. */
export interface LogLine {
  atMs: number;
  database: string;
  /** `application_name` of the session. */
  application: string;
  message: string;
}

/** `log_line_prefix` is `%n|%d|%a|`. */
const ERROR = /^(\d+)\.(\d+)\|([^|]*)\|([^|]*)\|(?:ERROR|FATAL): {2}(.*)$/;

/** Returns the error that a line of the log tells; null for any other line. */
export function parseLogLine(line: string): LogLine | null {
  const [, seconds, fraction, database, application, text] = ERROR.exec(line) ?? [];
  if (text === undefined) return null;
  const atMs = Number(seconds) * 1000 + Number(fraction!.slice(0, 3).padEnd(3, "0"));
  return { atMs, database: database!, application: application!, message: text.replace(/ at character \d+$/, "") };
}
