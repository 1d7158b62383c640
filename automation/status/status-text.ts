import { COLOURS, type Colour, other } from "../../components/core/colour-name";
import type { LiveService } from "../../components/live/live";
import { ageText } from "../output/age-text";
import { table } from "../output/table";
import { when } from "../output/when";
import { wrapped } from "../output/wrapped";
import type { Health } from "./health";
import type { ServiceStatus, Status } from "./status";

/** Columns of a terminal, at least. */
const WIDTH = 80;
const WHOLE = 100;

/**
 * Three parts: what each colour runs and whether it is well; where services are reached; what is done now.
 * @param columns of the terminal; lines are not made shorter than 80, the least that a terminal has
 */
export function statusText(status: Status, nowMs: number, columns = WIDTH): string {
  const width = Math.max(WIDTH, columns);
  return [
    ...table(colourRows(status, nowMs), width),
    ...paragraph(faultLines(status).flatMap((line) => wrapped(line, width, 2))),
    ...paragraph(table(placeRows(status))),
    ...paragraph(noteLines(status, nowMs).flatMap((line) => wrapped(line, width, 2))),
  ].join("\n");
}

function colourRows({ live, services }: Status, nowMs: number): string[][] {
  const rows = [["SERVICE", "COLOUR", "", "RELEASE", "SIZE", "HEALTHY", "SINCE (UTC)"]];
  for (const [name, service] of Object.entries(live.services)) {
    const { sinceMs, health } = services[name]!;
    const since = sinceMs === null ? "-" : `${when(sinceMs)}, ${ageText((nowMs - sinceMs) / 1000)}`;
    for (const colour of [service.active, other(service.active)]) {
      const { release, size } = service.colours[colour];
      const isActive = colour === service.active;
      rows.push([
        isActive ? name : "",
        colour,
        stateOf(service, colour),
        release?.name ?? "-",
        String(size),
        healthText(health[colour]),
        isActive ? since : "",
      ]);
    }
  }
  return rows;
}

/** In a ramp with the percent of production's requests that it gets. */
function stateOf({ active, idleShare }: LiveService, colour: Colour): string {
  const state = colour === active ? "active" : "idle";
  if (idleShare === undefined) return state;
  return `${state} ${colour === active ? WHOLE - idleShare : idleShare} %`;
}

/** `2 of 2`, `unknown`, or `-` at size 0. */
export function healthText(health: Health | null): string {
  if (health === null) return "-";
  return "unknown" in health ? "unknown" : `${health.healthy} of ${health.wanted}`;
}

function faultLines({ services }: Status): string[] {
  const lines = Object.entries(services).flatMap(([name, { health }]) =>
    COLOURS.flatMap((colour) => {
      const seen = health[colour];
      if (seen === null) return [];
      const faults = "unknown" in seen ? [`not seen: ${seen.unknown}`] : seen.faults;
      return faults.map((fault) => ({ whose: `${name} ${colour}`, fault }));
    }),
  );
  const unseen = lines.filter(({ fault }) => fault.startsWith("not seen: "));
  // What nobody may look at, nobody may look at anywhere.
  if (unseen.length > 1 && new Set(unseen.map(({ fault }) => fault)).size === 1)
    return [`! health is ${unseen[0]!.fault}`];
  return lines.map(({ whose, fault }) => `! ${whose}: ${fault}`);
}

function placeRows({ services }: Status): string[][] {
  return Object.entries(services).flatMap(([name, service]) =>
    placesOf(service).map(([what, place], index) => [index === 0 ? name : "", what, place]),
  );
}

/** The public name first, then the names of the idle colour. A worker is reached by its queue, whatever its colour. */
function placesOf({ exposures, queue }: ServiceStatus): [what: string, place: string][] {
  if (queue !== null) return [["queue", queue]];
  const edges = [exposures.public, exposures.internal].filter((edge) => edge !== undefined);
  const words = (word: string, places: string[]) =>
    places.map((place, index): [string, string] => [index === 0 ? word : "", place]);
  return [
    ...words(
      "active",
      edges.map(({ url }) => url),
    ),
    ...words(
      "idle",
      edges.map(({ testUrl }) => testUrl),
    ),
  ];
}

function noteLines({ lease, running, frozen, unfinished, stack }: Status, nowMs: number): string[] {
  const lines: string[] = [];
  if (lease) {
    const { what, who, pid, host } = lease.holder;
    lines.push(`Running: ${what} by ${who} (pid ${pid} on ${host}) since ${when(lease.sinceMs)} UTC`);
    if (running)
      lines.push(
        `Step: ${running.step} of ${running.services.join(", ")} for ${ageText((nowMs - running.sinceMs) / 1000)}; run ${running.deploy}`,
      );
    if (running?.step === "approve") lines.push(`It waits for \`npm run approve -- --stack ${stack}\`.`);
  } else {
    lines.push("No deploy is running.");
    if (unfinished) lines.push(`${unfinished} is not finished: \`resume\` goes on with it, \`abort\` takes it back.`);
  }
  if (frozen) lines.push(`Frozen by ${frozen.who} since ${when(frozen.sinceMs)} UTC: ${frozen.reason}`);
  return lines;
}

function paragraph(lines: string[]): string[] {
  return lines.length === 0 ? [] : ["", ...lines];
}

export function unlessEmpty(line: string): string[] {
  return line === "" ? [] : [line];
}
