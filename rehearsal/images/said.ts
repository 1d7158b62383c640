import { stripVTControlCharacters } from "node:util";

/** The number of lines that are shown of a failed build. */
const TAIL_LINES = 10;

/** Returns the first line of what a command said; "" if it said nothing. */
export function firstLine(text: string): string {
  return text.trim().split("\n", 1)[0] ?? "";
}

/** Returns the last lines of what a command said, as many as are shown of a failed build, without colours. */
export function lastLines(text: string): string {
  return stripVTControlCharacters(text).trim().split("\n").slice(-TAIL_LINES).join("\n");
}
