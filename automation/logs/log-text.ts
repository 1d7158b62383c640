import pc from "picocolors";
import { printableOn } from "../core/printable";
import { showsColours } from "../output/colours";
import type { LogLine } from "./log-line";

const TIME = { from: "2026-11-25T".length, to: "2026-11-25T09:30:00".length };
/** Width of the column for colour and release; longer ones push the message to the right. */
const WHO = 14;

/**
 * `09:30:00 green v2      the message`, and of a sidecar `09:30:00 green v2      agent: the message`; the time is UTC. It has
 * colours only on a terminal.
 */
export function logText(
  { atMs, colour, release, container, message }: LogLine,
  service: string,
  isTTY: boolean,
): string {
  const paint = pc.createColors(showsColours({ isTTY }));
  const who = `${colour} ${release ?? ""}`.trimEnd().padEnd(WHO);
  const time = new Date(atMs).toISOString().slice(TIME.from, TIME.to);
  const from = container === service ? "" : `${paint.bold(container)}: `;
  return `${paint.dim(time)} ${colour === "blue" ? paint.blue(who) : paint.green(who)} ${from}${printableOn({ isTTY }, message)}`;
}
