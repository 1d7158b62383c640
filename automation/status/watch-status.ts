import { UserError } from "../../components/core/user-error";
import type { Clock } from "../core/clock";
import { printable, printableOn } from "../core/printable";
import { changes } from "./changes";
import type { Status } from "./status";
import { statusScreen, statusText } from "./status-text";

/** Pause between two reads. Each read runs the CLI once and sends a few requests to AWS. */
const PAUSE_MS = 2_000;
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";
const CLEAR_ALL = "\x1b[2J";
/** Rows of the screen below the status: an empty line, the time, and the cursor's. */
const ROWS_BELOW = 3;
const SECONDS = "2026-11-25T09:30:00".length;

export interface WatchTools {
  readStatus(): Promise<Status>;
  clock: Clock;
  /** Ends the watch. */
  signal: AbortSignal;
  json: boolean;
  /** A terminal is redrawn; any other stream gets a line for each change. */
  stream: { isTTY?: boolean; columns?: number; rows?: number; write(text: string): unknown };
  errorStream: { isTTY?: boolean; write(text: string): unknown };
}

/** Shows the status until the signal is aborted. The first read must succeed; a later one that fails is reported and tried again: with `json` on the error stream. */
export async function watchStatus({ readStatus, clock, signal, json, stream, errorStream }: WatchTools): Promise<void> {
  const show = json ? asJson : stream.isTTY ? asScreen : asLines;
  let before: Status | null = null;
  while (!signal.aborted) {
    try {
      const now = await readStatus();
      if (signal.aborted) return;
      stream.write(show(before, now));
      before = now;
    } catch (error) {
      if (before === null || !(error instanceof UserError)) throw error;
      (json ? errorStream : stream).write(
        `${clockTime()}  ${printableOn(json ? errorStream : stream, error.message)}\n`,
      );
    }
    await clock.sleep(PAUSE_MS, signal).catch(() => {});
  }

  function asScreen(before: Status | null, now: Status): string {
    // A terminal that does not know its size says 0.
    const rows = (stream.rows || Number.POSITIVE_INFINITY) - ROWS_BELOW;
    const status = statusScreen(now, clock.now(), rows, stream.columns || undefined);
    const text = `${printable(status)}\n\n${clockTime()} UTC, Ctrl-C ends it\n`;
    return `${before === null ? CLEAR_ALL : ""}${HOME}${text.replaceAll("\n", `${CLEAR_LINE}\n`)}${CLEAR_BELOW}`;
  }

  function asLines(before: Status | null, now: Status): string {
    if (before === null) return `${statusText(now, clock.now())}\n`;
    return changes(before, now)
      .map((line) => `${clockTime()}  ${line}\n`)
      .join("");
  }

  function clockTime(): string {
    return new Date(clock.now()).toISOString().slice(0, SECONDS).replace("T", " ").slice(-"09:30:00".length);
  }
}

/** One object a line, only if something has changed. */
function asJson(before: Status | null, now: Status): string {
  const text = JSON.stringify(now);
  return before !== null && JSON.stringify(before) === text ? "" : `${text}\n`;
}
