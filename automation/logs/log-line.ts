import { COLOURS, type Colour } from "../../components/core/colour-name";
import { releaseInStream } from "../../components/core/names";
import type { LogEvent } from "../ports/log-reader";

/** A line of a service's log. `logs --json` prints it. */
export interface LogLine {
  /** Unix milliseconds. */
  atMs: number;
  colour: Colour;
  /** Name of the release; `migrate` for a migration, null for a task of an older program. */
  release: string | null;
  /** The container that wrote it: the service's own has its name, a sidecar its own. */
  container: string;
  /** The task's id. */
  task: string;
  message: string;
}

export interface LogFilter {
  colour: Colour | null;
  release: string | null;
  container: string | null;
  grep: RegExp | null;
}

/** Returns the line that an event is; null for a stream that no task of ours has. */
export function logLine({ atMs, stream, message }: LogEvent): LogLine | null {
  const parts = stream.split("/");
  const [first = ""] = parts;
  const colour = COLOURS.find((one) => first === one || first === `${one}-migrate`);
  if (colour === undefined) return null;
  const release = first === colour ? (parts.length > 3 ? parts[1]! : null) : "migrate";
  return { atMs, colour, release, container: parts.at(-2)!, task: parts.at(-1)!, message: message.trimEnd() };
}

export function isWanted({ colour, release, container, message }: LogLine, filter: LogFilter): boolean {
  return (
    (filter.colour === null || colour === filter.colour) &&
    (filter.release === null || release === releaseInStream(filter.release)) &&
    (filter.container === null || container === filter.container) &&
    (filter.grep === null || filter.grep.test(message))
  );
}
