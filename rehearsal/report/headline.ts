import { capitalised, count, wordList } from "../../automation/page/kit/format";
import { inTableOrder, type StreamName } from "../traffic/types";
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

/** The sum over all classes of clients. */
export function sumOf({ traffic }: RehearsalReport, key: "sent" | "failed" | "lost" | "doubled"): number {
  return sum(classesOf(traffic).map(([, totals]) => totals[key]));
}

/** The classes that sent something, in the order of tables. */
export function classesOf(traffic: RehearsalReport["traffic"]): [StreamName, ClassTotals][] {
  return inTableOrder(Object.keys(traffic) as StreamName[]).map((name) => [name, traffic[name]!]);
}

function outcomeOf({ deploys, failedStep, colours, services, turns }: RehearsalReport): string {
  const [service = "", ...more] = services;
  const [before = "blue", ...after] = colours[service] ?? [];
  const stays = capitalised(after.at(-1) ?? before);
  const rollback = turns.at(-1);
  // A deploy that never reached production only stopped.
  if (rollback && rollback.answers > 0) {
    const by = rollback.step === null ? "" : " by itself";
    return more.length > 0 ? `Went back to the old releases${by}` : `Went back to ${stays}${by}`;
  }
  if (failedStep !== null)
    return more.length > 0
      ? `Stopped at ${failedStep}, old releases serve on,`
      : `Stopped at ${failedStep}, ${stays} serves on,`;
  if (deploys.length !== 1)
    return `${deploys.length} deploys${more.length > 0 ? ` of ${services.length} services` : ""}`;
  return more.length > 0 ? `1 deploy of ${wordList(deploys[0]!.services)}` : `${capitalised(before)} → ${stays}`;
}

/** Says of a rehearsal that passed on a machine which did not keep up whose its latencies are; empty otherwise. */
export function machineNote({ ok, machine }: Pick<RehearsalReport, "ok" | "machine">): string {
  return ok && machine !== "" ? `${machine}: latencies are its own` : "";
}
