import { APPLICATIONS } from "./applications";
import type { CommandEnd, OutputLine } from "./release-process";
import type { LogLine } from "./server-log";
import type { Which } from "./states";

/** A line of a process's output is read a moment after it was written. */
const OUTPUT_DELAY_MS = 20;
const MAX_CHARACTERS = 200;
const ERROR = /\b\w*(?:Error|Exception)\b|\berror\b|\bfailed\b|\bcannot\b|\bpanic\b/i;

/** Returns what PostgreSQL, or else the service itself, said of an error in a span of time; empty if neither did. */
export function causeOf(
  by: Which,
  { fromMs, toMs }: { fromMs: number; toMs: number },
  log: readonly LogLine[],
  lines: readonly OutputLine[],
): string {
  const isOf = (application: string) => log.filter((line) => line.application === application);
  const others = log.filter(({ application }) => !Object.values<string>(APPLICATIONS).includes(application));
  const inTime = (line: LogLine) => line.atMs >= fromMs && line.atMs <= toMs;
  // The last one: the step before may have had one in the same millisecond.
  const own = isOf(APPLICATIONS[by]).findLast(inTime) ?? others.findLast(inTime);
  if (own) return own.message;
  const said = lines
    .filter(({ atMs }) => atMs >= fromMs && atMs <= toMs + OUTPUT_DELAY_MS)
    .find(({ text }) => ERROR.test(text));
  return said ? shortened(said.text) : "";
}

/** Returns why a command failed. */
export const failureOf = ({ stdout, stderr }: CommandEnd) => failureLine(stderr, stdout);

/** Returns the line of a command's output that says why it failed. */
export function failureLine(stderr: string, stdout: string): string {
  const lines = `${stdout}\n${stderr}`.split("\n").filter((line) => line.trim() !== "");
  return shortened(lines.findLast((line) => ERROR.test(line)) ?? lines.at(-1) ?? "");
}

function shortened(text: string): string {
  const line = text.trim().replace(/^Uncaught /, "");
  return line.length <= MAX_CHARACTERS ? line : `${line.slice(0, MAX_CHARACTERS)}…`;
}
