import { stripVTControlCharacters } from "node:util";

/** The number of lines that are shown of a failed build. */
const TAIL_LINES = 10;

/** Returns the first line of what a command said; "" if it said nothing. */
export function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0] ?? "";
}

interface Said {
  stderr?: string;
  /** Both outputs. */
  all?: string;
  /** Why the command could not be started. */
  shortMessage?: string;
}

/** Returns the first line of why a command failed. */
export function errorOf({ stderr, shortMessage }: Said): string {
  return firstLine(stderr || shortMessage || "");
}

/** Returns the last lines of what a failed build said, without colours, or why it could not be started. */
export function lastLinesOf({ all = "", shortMessage = "" }: Said): string {
  const lines = stripVTControlCharacters(all).trim().split("\n").slice(-TAIL_LINES).join("\n");
  return lines || firstLine(shortMessage);
}
