import { CLIENT_CLASSES } from "../traffic/types";
import { sum } from "./deploy-log";
import type { RehearsalReport } from "./types";

/** The outcome in one sentence, such as "Blue → Green with 0 of 31,204 requests failed". */
export function headlineOf(report: RehearsalReport): string {
  return `${outcomeOf(report)} with ${count(failedRequests(report))} of ${count(sentRequests(report))} requests failed`;
}

export function sentRequests({ traffic }: RehearsalReport): number {
  return sum(CLIENT_CLASSES.map((name) => traffic[name].sent));
}

export function failedRequests({ traffic }: RehearsalReport): number {
  return sum(CLIENT_CLASSES.map((name) => traffic[name].failed));
}

/** With commas between thousands, whatever the machine's language: reports are compared. */
export function count(number: number): string {
  return number.toLocaleString("en-US");
}

function outcomeOf({ deploys, failedStep, colours }: RehearsalReport): string {
  const stays = capitalised(colours.at(-1) ?? "blue");
  if (failedStep !== null) return `Stopped at ${failedStep}, ${stays} serves on,`;
  if (deploys === 1) return `${capitalised(colours[0] ?? "blue")} → ${stays}`;
  return `${deploys} deploys`;
}

export function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
