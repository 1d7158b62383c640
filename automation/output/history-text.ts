import type { HistoryRecord } from "../store/history";
import { table } from "./table";

/** What a terminal has at least. */
const COLUMNS = 80;
const COMMIT_DIGITS = 12;

/** For each run a row, and below it when, by whom and why, each cut to a line: `showText` has all of it. */
export function historyText(runs: readonly HistoryRecord[]): string {
  if (runs.length === 0) return "No run yet.";
  const rows = runs.map((run) => [run.deploy, outcomeOf(run), lengthOf(run), whatOf(run)]);
  const [head, ...lines] = table([["RUN", "ENDED", "TIME", "WHAT"], ...rows]);
  const notes = runs.map((run) => [byLine(run), run.reason].filter(Boolean).map((note) => `  ${note}`));
  return [head!, ...lines.flatMap((line, index) => [line, ...notes[index]!])].map(cut).join("\n");
}

/** One run with all of its steps; a step's further lines below it. */
export function showText(run: HistoryRecord): string {
  const steps = run.steps.map(({ step, services, seconds, ok, detail }) => {
    const [first = "", ...more] = detail.split("\n");
    const row = [ok === null ? "?" : ok ? "✓" : "✗", step, services.join(" "), secondsText(seconds), first];
    return { row, more };
  });
  const lines = table(steps.map(({ row }) => row));
  return [
    `${run.deploy}  ${whatOf(run)}`,
    byLine(run),
    `${outcomeOf(run)}, ${lengthOf(run)}${run.reason === "" ? "" : `: ${run.reason}`}`,
    "",
    ...lines.flatMap((line, index) => [line, ...steps[index]!.more.map((further) => `    ${further}`)]),
    ...Object.entries(run.releases).map(([service, { name, image }]) => `${service} ${name} is ${image}`),
  ].join("\n");
}

/** `2026-11-25 09:30 UTC by me@here, commit 0123456789ab: why it was asked for` */
function byLine({ startedAtMs, who, commit, why }: HistoryRecord): string {
  const when = new Date(startedAtMs).toISOString().slice(0, "2026-11-25T09:30".length).replace("T", " ");
  const from = commit === null ? "" : `, commit ${commit.slice(0, COMMIT_DIGITS)}`;
  return `${when} UTC by ${who}${from}${why === "" ? "" : `: ${why}`}`;
}

function whatOf({ command, releases }: HistoryRecord): string {
  return [command, ...Object.entries(releases).map(([service, { name }]) => `${service}=${name}`)].join(" ");
}

function outcomeOf({ outcome }: HistoryRecord): string {
  if (outcome === null) return "not finished";
  return { done: "done", takenBack: "taken back", left: "left half-way" }[outcome];
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
