import { STREAM_NAMES, type StreamName } from "../traffic/types";
import { sum } from "./deploy-log";
import type { ClassTotals, RehearsalReport } from "./types";

/** The outcome in one sentence, such as "Blue → Green with 0 of 31,204 requests failed". */
export function headlineOf(report: RehearsalReport): string {
  return `${outcomeOf(report)} with ${count(failedRequests(report))} of ${count(sentRequests(report))} requests failed`;
}

export function sentRequests(report: RehearsalReport): number {
  return sumOf(report, "sent");
}

export function failedRequests(report: RehearsalReport): number {
  return sumOf(report, "failed");
}

/** Over all classes of clients. */
export function sumOf({ traffic }: RehearsalReport, key: "sent" | "failed" | "lost" | "doubled"): number {
  return sum(classesOf(traffic).map(([, totals]) => totals[key]));
}

/** The classes that sent something, in the order of tables. */
export function classesOf(traffic: RehearsalReport["traffic"]): [StreamName, ClassTotals][] {
  return STREAM_NAMES.flatMap((name) => (traffic[name] ? [[name, traffic[name]] as [StreamName, ClassTotals]] : []));
}

/** With commas between thousands, whatever the machine's language: reports are compared. */
export function count(number: number): string {
  return number.toLocaleString("en-US");
}

function outcomeOf({ deploys, failedStep, colours, services }: RehearsalReport): string {
  const [service = "", ...more] = services;
  const [before = "blue", ...after] = colours[service] ?? [];
  const stays = capitalised(after.at(-1) ?? before);
  if (failedStep !== null)
    return more.length > 0
      ? `Stopped at ${failedStep}, old releases serve on,`
      : `Stopped at ${failedStep}, ${stays} serves on,`;
  if (deploys.length !== 1)
    return `${deploys.length} deploys${more.length > 0 ? ` of ${services.length} services` : ""}`;
  return more.length > 0 ? `1 deploy of ${wordList(deploys[0]!.services)}` : `${capitalised(before)} → ${stays}`;
}

/** `users`, `users and doodle`, `users, doodle and mailer`. */
function wordList(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

export function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
