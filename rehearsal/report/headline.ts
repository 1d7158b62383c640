import { releasesOf } from "../../automation/page/deploy/sentences";
import { capitalised, count, formatMs, wordList } from "../../automation/page/kit/format";
import { countOf } from "../../components/core/count-of";
import { inTableOrder, type StreamName } from "../traffic/types";
import { sum } from "./deploy-log";
import type { ClassTotals, RehearsalReport, SlowerRelease } from "./types";

/** The outcome in one sentence, such as "Blue → Green with 0 of 31,204 requests failed"; if none did, also what else was found. */
export function headlineOf(report: RehearsalReport): string {
  const { found } = report;
  const failed = failedRequests(report);
  const text = `${outcomeOf(report)} with ${count(failed)} of ${count(sentRequests(report))} requests failed`;
  return failed > 0 || found.length === 0 ? text : `${text}, but problems with ${wordList(found)}`;
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

function outcomeOf(report: RehearsalReport): string {
  const { deploys, failedStep, colours, services, turns, disturbedRuns } = report;
  if (disturbedRuns !== undefined) return countOf(disturbedRuns, "disturbed run");
  const [service = "", ...more] = services;
  const [before = "blue", ...after] = colours[service] ?? [];
  const stays = capitalised(after.at(-1) ?? before);
  const rollback = turns.at(-1);
  // A deploy that never reached production only stopped.
  if (rollback && rollback.answers > 0) {
    if (!isBack(report, rollback.deploy)) return `Failed to go back, ${servingAfter(report, rollback.deploy)},`;
    const by = rollback.step === null ? "" : " by itself";
    return more.length > 0 ? `Went back to the old releases${by}` : `Went back to ${stays}${by}`;
  }
  if (failedStep !== null) {
    const deploy = deploys.findIndex(({ ok }) => !ok) + 1;
    const which = deploys.length > 1 ? `Deploy ${deploy} stopped` : "Stopped";
    return `${which} at ${failedStep}, ${servingAfter(report, deploy)},`;
  }
  if (deploys.length !== 1)
    return `${deploys.length} deploys${more.length > 0 ? ` of ${services.length} services` : ""}`;
  return more.length > 0 ? `1 deploy of ${wordList(deploys[0]!.services)}` : `${capitalised(before)} → ${stays}`;
}

/** True if production is after a deploy, counted from 1, on the colours that were active before it. */
export function isBack(report: Pick<RehearsalReport, "deploys" | "colours">, deploy: number): boolean {
  return changedOver(report, deploy).length === 0;
}

/** What serves production after a deploy, counted from 1, that failed: `old releases serve on`. */
function servingAfter(report: RehearsalReport, deploy: number): string {
  const { colours, deploys, services } = report;
  if (services.length === 1) {
    const { [deploy]: colour = "blue" } = colours[services[0]!]!;
    return `${capitalised(colour)} serves on`;
  }
  const changed = changedOver(report, deploy).length;
  if (changed === 0) return "old releases serve on";
  return changed === deploys[deploy - 1]!.services.length ? "the new releases serve" : "some of the new releases serve";
}

/** The services of a deploy, counted from 1, whose other colour is active after it. */
function changedOver({ deploys, colours }: Pick<RehearsalReport, "deploys" | "colours">, deploy: number): string[] {
  const { services = [] } = deploys[deploy - 1] ?? {};
  return services.filter((name) => colours[name]?.[deploy] !== colours[name]?.[deploy - 1]);
}

/**
 * Says which releases answer more slowly than the ones before them, each by the class of clients that has to wait longest; "" if
 * none does.
 */
export function slowerNote({ slower, deploys }: Pick<RehearsalReport, "slower" | "deploys">): string {
  const byLength = [...slower].sort((one, another) => another.afterMs - one.afterMs);
  const worst = slower.filter((each) => each === byLength.find((one) => isSameRelease(one, each)));
  const lines = worst.map(({ deploy, service, clients, beforeMs, afterMs }) => {
    const release = releasesOf({ asked: { [service]: deploys[deploy - 1]?.releases[service] ?? "" } });
    return `the release ${release} takes ${formatMs(afterMs)} to answer clients of the class ${clients}, the one before it took ${formatMs(beforeMs)}`;
  });
  return lines.length === 0 ? "" : `${lines.join("; ")} (medians)`;
}

function isSameRelease(one: SlowerRelease, another: SlowerRelease): boolean {
  return one.deploy === another.deploy && one.service === another.service;
}

/** Says of a rehearsal that passed on a machine which did not keep up whose its latencies are; empty otherwise. */
export function machineNote({ ok, machine }: Pick<RehearsalReport, "ok" | "machine">): string {
  return ok && machine !== "" ? `${machine}: latencies are its own` : "";
}
