import pc from "picocolors";
import { printableOn } from "../core/printable";
import { showsColours } from "../output/colours";
import type { LogLine } from "./log-line";

const DAY = "2026-11-25".length;
const SECONDS = "2026-11-25T09:30:00".length;
/** Width of the column for colour and release; longer ones push the message to the right. */
const WHO = 14;

export interface LogTextOptions {
  service: string;
  /** `2026-11-25 09:30:00` instead of the time alone. */
  hasDate: boolean;
  isTTY: boolean;
}

/**
 * `09:30:00 green v2      the message`, and of a sidecar `09:30:00 green v2      agent: the message`; the time is UTC. It has
 * colours only on a terminal.
 */
export function logText(
  { atMs, colour, release, container, message }: LogLine,
  { service, hasDate, isTTY }: LogTextOptions,
): string {
  const paint = pc.createColors(showsColours({ isTTY }));
  const who = `${colour} ${release ?? ""}`.trimEnd().padEnd(WHO);
  const time = new Date(atMs)
    .toISOString()
    .slice(hasDate ? 0 : DAY + 1, SECONDS)
    .replace("T", " ");
  const from = container === service ? "" : `${paint.bold(container)}: `;
  return `${paint.dim(time)} ${colour === "blue" ? paint.blue(who) : paint.green(who)} ${from}${printableOn({ isTTY }, message)}`;
}

/** Whether it is another day than at `atMs`, in UTC: times alone do not tell such lines apart. */
export function isOfEarlierDay(fromMs: number, atMs: number): boolean {
  return new Date(fromMs).toISOString().slice(0, DAY) !== new Date(atMs).toISOString().slice(0, DAY);
}
