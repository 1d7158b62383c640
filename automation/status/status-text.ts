import { COLOURS, type Colour, other } from "../../components/core/colour-name";
import { keptWarmIn, type LiveService } from "../../components/live/live";
import { routeText } from "../../components/settings/own-hosts";
import { approveCommand } from "../core/approve-command";
import { COLUMNS } from "../core/columns";
import { dateTimeText } from "../core/date-time-text";
import { freezeWindowText } from "../core/freeze-windows";
import { runText, waysOn } from "../deploy/unfinished-run";
import { table } from "../output/table";
import { ageText } from "../output/time-text";
import { wrapped } from "../output/wrapped";
import type { Health } from "./health";
import { failedRunLines, runsText, scheduleText } from "./job-status";
import type { ServiceStatus, Status, Unread } from "./status";

const UNSEEN = "not seen: ";

/**
 * What each colour runs and its health; what was changed since; where services are reached; the run in progress.
 * @param columns width of the terminal; lines are never cut below 80
 */
export function statusText(status: Status, nowMs: number, columns = COLUMNS): string {
  return joined(statusParts(status, nowMs, columns)).join("\n");
}

/** The same for a screen. Where it has too few rows, the run in progress and the problems come first, and the end is left out. */
export function statusScreen(status: Status, nowMs: number, rows: number, columns = COLUMNS): string {
  const parts = statusParts(status, nowMs, columns);
  const whole = joined(parts);
  if (fitting(whole, rows, columns) === whole.length) return whole.join("\n");
  const [colours, problems, undeployed, places, notes] = parts;
  const lines = joined([notes, problems, colours, undeployed, places]);
  const count = fitting(lines, rows - 1, columns);
  return [...lines.slice(0, count), `… ${lines.length - count} more lines: without --watch all are shown`].join("\n");
}

type Paragraph = string[];

function statusParts(
  status: Status,
  nowMs: number,
  columns: number,
): [colours: Paragraph, problems: Paragraph, undeployed: Paragraph, places: Paragraph, notes: Paragraph] {
  const width = Math.max(COLUMNS, columns);
  const wrap = (lines: string[]) => lines.flatMap((line) => wrapped(line, width, 2));
  return [
    table(colourRows(status, nowMs), width),
    wrap(problemLines(status)),
    wrap(undeployedLines(status)),
    table(placeRows(status, nowMs)),
    wrap(noteLines(status, nowMs)),
  ];
}

/** How many of the lines fit on so many rows: a line that is longer than the screen is wide takes more than one. */
function fitting(lines: readonly string[], rows: number, columns: number): number {
  let taken = 0;
  for (const [index, { length }] of lines.entries()) {
    taken += Math.max(1, Math.ceil(length / columns));
    if (taken > rows) return index;
  }
  return lines.length;
}

function colourRows({ live, services }: Status, nowMs: number): string[][] {
  const rows = [["SERVICE", "COLOUR", "", "RELEASE", "SIZE", "HEALTHY", "SINCE (UTC)"]];
  for (const [name, service] of Object.entries(live.services)) {
    const { health, kind } = services[name]!;
    // Its size says only that a colour is ready to run tasks, and no tasks of it are there between two times of the schedule.
    const isJob = kind === "job";
    for (const colour of [service.active, other(service.active)]) {
      const { release, size } = service.colours[colour];
      const isActive = colour === service.active;
      rows.push([
        isActive ? name : "",
        colour,
        stateOf(service, colour),
        release?.name ?? "-",
        isJob ? "-" : String(size),
        isJob ? "-" : healthText(health[colour]),
        isActive ? sinceText(services[name]!, nowMs) : "",
      ]);
    }
  }
  return rows;
}

/** `2026-11-25 09:30, 3 h`, `before 2026-11-20 10:00`, or `-` where nothing is known. */
function sinceText({ sinceMs, beforeMs }: ServiceStatus, nowMs: number): string {
  if (sinceMs !== null) return `${dateTimeText(sinceMs)}, ${ageText((nowMs - sinceMs) / 1000)}`;
  return beforeMs === null ? "-" : `before ${dateTimeText(beforeMs)}`;
}

/** During a ramp with the percent of production's requests that the colour gets. */
function stateOf({ active, idleShare }: LiveService, colour: Colour): string {
  const state = colour === active ? "active" : "idle";
  if (idleShare === undefined) return state;
  return `${state} ${colour === active ? 100 - idleShare : idleShare} %`;
}

/** `2 of 2`, `unknown`, or `-` at size 0. */
export function healthText(health: Health | null): string {
  if (health === null) return "-";
  return "unknown" in health ? "unknown" : `${health.healthy} of ${health.wanted}`;
}

function problemLines({ services }: Status): string[] {
  const colours = Object.entries(services).flatMap(([name, { health }]) =>
    COLOURS.flatMap((colour) => (health[colour] ? [{ whose: `${name} ${colour}`, seen: health[colour] }] : [])),
  );
  const faults = colours.flatMap(({ whose, seen }) =>
    "faults" in seen ? seen.faults.map((fault) => `! ${whose}: ${fault}`) : [],
  );
  const failedRuns = Object.entries(services).flatMap(([name, { job }]) => (job ? failedRunLines(name, job) : []));
  return [...unseenLines(colours), ...faults, ...failedRuns];
}

/** One line for each cause: missing permissions, a lost network and throttling concern many colours alike. */
function unseenLines(colours: { whose: string; seen: Health }[]): string[] {
  const unseen = new Map<string, string[]>();
  for (const { whose, seen } of colours)
    if ("unknown" in seen) unseen.set(seen.unknown, [...(unseen.get(seen.unknown) ?? []), whose]);
  return [...unseen].map(([cause, [first, ...others]]) => {
    if (others.length === 0) return `! ${first}: ${UNSEEN}${cause}`;
    const count = others.length + 1;
    return `! health${count === colours.length ? "" : ` of ${count} colours`} is ${UNSEEN}${cause}`;
  });
}

function undeployedLines({ services, stack }: Status): string[] {
  return Object.entries(services).flatMap(([name, { undeployed }]) => {
    if ("unknown" in undeployed)
      return [`~ ${name}: whether its secrets have changed is ${UNSEEN}${undeployed.unknown}`];
    if (undeployed.length === 0) return [];
    return [
      `~ ${name}: ${undeployed.join(", ")} since its deploy; \`npx aoshingo deploy --stack ${stack} ${name}\` brings it`,
    ];
  });
}

function placeRows({ services }: Status, nowMs: number): string[][] {
  return Object.entries(services).flatMap(([name, service]) =>
    placesOf(service, nowMs).map(([what, place], index) => [index === 0 ? name : "", what, place]),
  );
}

/** The production names first, then the test names, which lead to the idle colour. A worker is reached by its queue; a job has its schedule. */
function placesOf({ exposures, queue, job }: ServiceStatus, nowMs: number): [what: string, place: string][] {
  if (job)
    return [
      ["schedule", scheduleText(job)],
      ["runs", runsText(job, nowMs)],
    ];
  if (queue !== null) return [["queue", queue]];
  const edges = [exposures.public, exposures.internal].filter((edge) => edge !== undefined);
  const words = (word: string, places: string[]) =>
    places.map((place, index): [string, string] => [index === 0 ? word : "", place]);
  return [
    ...words(
      "active",
      edges.flatMap(({ url, hosts = [] }) => [url, ...hosts.map((route) => `https://${routeText(route)}`)]),
    ),
    ...words(
      "idle",
      edges.map(({ testUrl }) => testUrl),
    ),
  ];
}

function noteLines(status: Status, nowMs: number): string[] {
  const { lease, running, frozen, freezeWindow, unfinishedRun, stack, unread } = status;
  const run = runOf(status);
  const lines = [...unreadLines(unread), ...keptWarmLines(status)];
  if (lease) {
    const { what, who, pid, host } = lease.holder;
    lines.push(`Running: ${what} by ${who} (pid ${pid} on ${host}) since ${dateTimeText(lease.sinceMs)} UTC`);
    const back = unfinishedRun?.direction === "back" ? ", going back" : "";
    if (running)
      lines.push(
        `Step: ${running.step} of ${running.services.join(", ")} for ${ageText((nowMs - running.sinceMs) / 1000)}; run ${run || running.deploy}${back}`,
      );
    else if (run && !run.endsWith(`(${what})`)) lines.push(`Run: ${run}${back}`);
    if (running?.step === "approve") lines.push(`It waits for \`${approveCommand(stack, running.deploy)}\`.`);
  } else {
    if (!unread?.lease) lines.push("No deploy is running.");
    if (unfinishedRun) lines.push(`${run} is not finished: ${waysOn(unfinishedRun)}.`);
  }
  if (frozen) lines.push(`Frozen by ${frozen.who} since ${dateTimeText(frozen.sinceMs)} UTC: ${frozen.reason}`);
  if (freezeWindow) lines.push(`Frozen by the settings ${freezeWindowText(freezeWindow)}.`);
  return lines;
}

const UNREAD: Record<keyof Unread, string> = {
  lease: "whether a deploy is running",
  run: "how the newest run ended",
  freeze: "whether somebody has frozen deploys",
};

/** One line for each thing of the deploy store that was not read. */
export function unreadLines(unread: Unread = {}): string[] {
  return Object.entries(unread).map(([what, why]) => `! ${UNREAD[what as keyof Unread]} is ${UNSEEN}${why}`);
}

/** The unfinished run as people name it, such as `20261125T093000Z-7 (deploy users=v2)`; "" without one. */
export function runOf({ unfinished, unfinishedRun }: Pick<Status, "unfinished" | "unfinishedRun">): string {
  return unfinished && unfinishedRun ? runText({ deploy: unfinished, run: { opened: unfinishedRun } }) : "";
}

function keptWarmLines({ live, stack }: Status): string[] {
  return keptWarmIn(live).map(
    ({ service, colour, untilMs }) =>
      `${service} ${colour} is kept warm until ${dateTimeText(untilMs)} UTC: until then \`npx aoshingo rollback --stack ${stack} ${service}\` takes seconds; \`retire\` ends it.`,
  );
}

/** One paragraph after the other, with an empty line between two. */
function joined(paragraphs: readonly Paragraph[]): string[] {
  return paragraphs
    .filter(({ length }) => length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ["", ...lines]));
}

export function unlessEmpty(line: string): string[] {
  return line === "" ? [] : [line];
}
