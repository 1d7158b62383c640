import { COLUMNS } from "../core/columns";
import { dateTimeText } from "../core/date-time-text";
import { shortCommit } from "../core/short-commit";
import type { HistoryRecord } from "../store/history";
import { changesLines } from "./changes-lines";
import { table } from "./table";
import { wrapped } from "./wrapped";

/** Indent of continuation lines. */
const INDENT = "    ";

/**
 * Returns a row for each run, followed by lines that say when, by whom and why it was started. Long lines are cut;
 * `showText` returns them whole.
 */
export function historyText(runs: readonly HistoryRecord[]): string {
  if (runs.length === 0) return "No run yet.";
  const rows = runs.map((run) => [run.deploy, outcomeOf(run), lengthOf(run), whatOf(run)]);
  const [head, ...lines] = table([["RUN", "ENDED", "TIME", "WHAT"], ...rows]);
  const notes = runs.map((run) =>
    [byLine(run), approvedLine(run), ...changesLines(run.changes), ...wentBackLines(run), run.reason]
      .filter(Boolean)
      .map((note) => `  ${note}`),
  );
  return [head!, ...lines.flatMap((line, index) => [line, ...notes[index]!])].map(cut).join("\n");
}

/** Returns one run with all of its steps and their details, within the columns of a terminal. */
export function showText(run: HistoryRecord): string {
  const rows = table(
    run.steps.map(({ step, services, seconds, ok }) => [
      ok === null ? "?" : ok ? "✓" : "✗",
      step,
      services.join(" "),
      secondsText(seconds),
    ]),
  );
  const headWidth = Math.max(...rows.map((row) => row.length));
  // Never wrapped, so that an image can be copied.
  const releases = Object.entries(run.releases).map(([service, { name, image }]) => `${service} ${name} is ${image}`);
  const end = `${outcomeOf(run)}, ${lengthOf(run)}${run.reason === "" ? "" : `: ${run.reason}`}`;
  return [
    ...wrapped(`${run.deploy}  ${whatOf(run)}`, COLUMNS, INDENT.length),
    ...wrapped(byLine(run), COLUMNS, INDENT.length),
    ...[approvedLine(run)].filter(Boolean),
    ...wentBackLines(run).flatMap((lines) =>
      lines.split("\n").flatMap((line) => wrapped(line, COLUMNS, INDENT.length)),
    ),
    ...end.split("\n").flatMap((line) => wrapped(line, COLUMNS, INDENT.length)),
    "",
    ...run.steps.flatMap(({ detail }, index) => stepLines(rows[index]!.padEnd(headWidth), detail)),
    ...releases,
    ...changesLines(run.changes).flatMap((line) => wrapped(line, COLUMNS, INDENT.length)),
  ].join("\n");
}

/** Returns a step with its detail: beside the step if there is room for it, else below. */
function stepLines(head: string, detail: string): string[] {
  const [first = "", ...more] = detail.split("\n");
  const further = more.flatMap((line) => wrapped(line, COLUMNS - INDENT.length).map((part) => `${INDENT}${part}`));
  const indent = " ".repeat(head.length + 2);
  if (indent.length > COLUMNS / 2)
    return [head.trimEnd(), ...wrapped(first, COLUMNS - INDENT.length).map((line) => `${INDENT}${line}`), ...further];
  const [beside = "", ...below] = wrapped(first, COLUMNS - indent.length);
  return [`${head}  ${beside}`.trimEnd(), ...below.map((line) => `${indent}${line}`), ...further];
}

/** Returns when and by whom a run was started: `2026-11-25 09:30 UTC by me@here, commit 0123456789ab: <reason>`. */
function byLine({ startedAtMs, who, commit, why }: HistoryRecord): string {
  const from = commit === null ? "" : `, commit ${shortCommit(commit)}`;
  return `${dateTimeText(startedAtMs)} UTC by ${who}${from}${why === "" ? "" : `: ${why}`}`;
}

function approvedLine({ approved }: HistoryRecord): string {
  return approved === null ? "" : `approved ${dateTimeText(approved.atMs)} UTC by ${approved.who}`;
}

/** Says why the run rolled back, unless the failure that it ended with says so. */
function wentBackLines({ wentBack, reason: failure }: HistoryRecord): string[] {
  return wentBack.flatMap(({ atMs, reason }) =>
    failure.includes(reason) ? [] : [`went back ${dateTimeText(atMs)} UTC: ${reason}`],
  );
}

function whatOf({ command, releases }: HistoryRecord): string {
  return [command, ...Object.entries(releases).map(([service, { name }]) => `${service}=${name}`)].join(" ");
}

function outcomeOf({ outcome }: HistoryRecord): string {
  return outcome === null ? "not finished" : { done: "done", takenBack: "taken back", left: "not finished" }[outcome];
}

function lengthOf({ startedAtMs, endedAtMs }: HistoryRecord): string {
  return endedAtMs === null ? "-" : `${((endedAtMs - startedAtMs) / 1000).toFixed(0)} s`;
}

function secondsText(seconds: number | null): string {
  return seconds === null ? "-" : `${seconds.toFixed(1)} s`;
}

function cut(line: string): string {
  const [first] = line.split("\n");
  return first!.length <= COLUMNS ? first! : `${first!.slice(0, COLUMNS - 1)}…`;
}
