import pc from "picocolors";
import { columnsOf } from "../core/columns";
import { dateTimeText } from "../core/date-time-text";
import { typed } from "../core/desired-releases";
import { printable } from "../core/printable";
import { type DeployEvent, EVENTS_VERSION, type PlannedStep, type RunCommand } from "../ports/events";
import { showsColours } from "./colours";
import { inOneLine } from "./progress-line";
import { durationText } from "./time-text";

/** Least time between two progress lines, or between two equal notices, where there is no terminal (CI). */
const REPEAT_MS = 10_000;
const HEADINGS: Record<RunCommand, string> = {
  deploy: "Deploy",
  restart: "Restart",
  resume: "Resume",
  abort: "Take back",
  rollback: "Roll back",
  retire: "Stop the old colours that are still warm, and keep",
};
/** Least time between two redraws of the progress line on a terminal. */
const REDRAW_MS = 100;

/**
 * Returns a listener that prints a run for people: a line for each step with its title and duration, and a line with
 * its progress. It uses colours and redraws the progress line only on a terminal.
 */
export function terminalOutput(stream: NodeJS.WriteStream): (event: DeployEvent) => void {
  const live = stream.isTTY === true;
  const paint = pc.createColors(showsColours(stream));
  let startedMs = 0;
  let shownMs = 0;
  let lastNotice = "";
  const clear = () => live && stream.write("\r\x1b[K");
  const line = (text: string) => {
    clear();
    stream.write(`${printable(text)}\n`);
  };
  return (event) => {
    switch (event.type) {
      case "deployStarted":
        line(
          paint.bold(
            `${HEADINGS[event.direction === "back" ? "abort" : event.command]} ${typed(event.releases)} ${event.command === "deploy" ? "to" : "on"} ${event.stack}`,
          ),
        );
        return;
      case "planned":
        for (const text of planLines(event.steps, columnsOf(stream))) line(paint.dim(text));
        return;
      case "rollbackStarted":
        line(paint.yellow(`↩ Going back: ${event.reason}`));
        return;
      case "notice":
        if (event.message === lastNotice && event.atMs - shownMs < REPEAT_MS) return;
        lastNotice = event.message;
        shownMs = event.atMs;
        line(event.message);
        return;
      case "warning":
        line(paint.yellow(`! ${event.message}`));
        return;
      case "stepStarted":
        startedMs = event.atMs;
        shownMs = event.atMs;
        line(`${paint.cyan("●")} ${event.title}`);
        return;
      case "progress": {
        if (event.atMs - shownMs < (live ? REDRAW_MS : REPEAT_MS)) return;
        shownMs = event.atMs;
        const text = `  ${((event.atMs - startedMs) / 1000).toFixed(0)} s  ${event.message}`;
        if (live) stream.write(`\r\x1b[K${paint.dim(inOneLine(text, columnsOf(stream)))}`);
        else stream.write(`${printable(text)}\n`);
        return;
      }
      case "stepEnded":
        line(
          `  ${event.ok ? paint.green("✓") : paint.red("✗")} ${((event.atMs - startedMs) / 1000).toFixed(1)} s  ${event.detail.replaceAll("\n", "\n      ")}`,
        );
        return;
      case "deployEnded":
        line(
          event.ok
            ? paint.green(
                paint.bold(
                  `Done in ${event.totalSeconds.toFixed(1)} s. ${activeLine(event.active)}${warmText(event.warm)}`,
                ),
              )
            : paint.red(paint.bold(failedLine(event))),
        );
        return;
      case "routed":
      case "up":
      case "live":
      case "analysed":
      case "waited":
        return;
    }
  };
}

/** Returns a listener that prints each event as a line of JSON, for scripts. */
export function jsonOutput(stream: NodeJS.WriteStream): (event: DeployEvent) => void {
  return (event) => {
    const versioned = event.type === "deployStarted" ? { version: EVENTS_VERSION, ...event } : event;
    stream.write(`${JSON.stringify(versioned)}\n`);
  };
}

/** Returns the steps and their expected times in lines: `Will warm 2 min 30 s, verify 2 s, ...: about 5 min`. */
function planLines(steps: readonly PlannedStep[], width: number): string[] {
  if (steps.length === 0) return ["Nothing is left to do"];
  const names = steps.map(
    ({ step, share, expectedSeconds }) =>
      `${step}${share === undefined ? "" : ` ${share} %`}${expectedSeconds === 0 ? "" : ` ${durationText(expectedSeconds)}`}`,
  );
  const total = steps.reduce((sum, { expectedSeconds }) => sum + expectedSeconds, 0);
  const words = [
    ...names.map((name, index) => (index < names.length - 1 ? `${name},` : `${name}:`)),
    `about ${durationText(total)}`,
  ];
  const lines = ["Will"];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length < width) lines[lines.length - 1] = longer;
    else lines.push(`     ${word}`);
  }
  return lines;
}

type Ended = Extract<DeployEvent, { type: "deployEnded" }>;

/** The last line of a run that did not finish: what happened, what to do, and what has production. */
function failedLine({ reason, production, outcome }: Ended): string {
  const todo = outcome === "takenBack" ? "; nothing is left to resume or abort" : "";
  return `Failed: ${reason}${production === undefined ? "" : `. In production: ${production}${todo}`}`;
}

function activeLine(active: Record<string, string>): string {
  return `Active: ${Object.entries(active)
    .map(([service, colour]) => `${service} ${colour}`)
    .join(", ")}`;
}

/** `; until 2026-11-25 14:32 UTC the way back takes seconds (users blue stays warm)`, with the first of several times. */
function warmText(warm: Ended["warm"]): string {
  const kept = Object.entries(warm ?? {});
  if (kept.length === 0) return "";
  const untilMs = Math.min(...kept.map(([, colour]) => colour.untilMs));
  const names = kept.map(([service, { colour }]) => `${service} ${colour}`).join(", ");
  return `; until ${dateTimeText(untilMs)} UTC the way back takes seconds (${names} ${kept.length === 1 ? "stays" : "stay"} warm)`;
}
