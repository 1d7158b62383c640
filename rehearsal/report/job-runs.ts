import { relative } from "node:path";
import { countOf } from "../../components/core/count-of";
import type { CloudEvent, ScheduledRun } from "../cloud/kernel/events";
import type { RunByHand } from "../environment/run-job";
import { secondsText } from "./container-ends";
import type { JobRuns, RehearsalRecord } from "./types";

type Recorded = Pick<RehearsalRecord, "cloud" | "runsByHand">;

/** How many of the last lines that a run wrote a message has; each of them is cut, so that the message stays one line. */
const LINES = 5;
const MAX_CHARACTERS = 200;

/** The runs of jobs that have ended, one entry for those of a release by hand and one for those by its schedule. */
export function jobRunsOf({ cloud, runsByHand = [] }: Recorded): JobRuns[] {
  const ended = [
    ...runsByHand.filter(hasEnded).map((run) => ({ ...run, by: "hand" as const })),
    ...cloud.filter((event) => event.kind === "scheduledRun").map((run) => ({ ...run, by: "schedule" as const })),
  ];
  const groups = new Map<string, JobRuns>();
  for (const { service, release, by, exitCode } of ended) {
    const key = JSON.stringify([service, release, by]);
    const group = groups.get(key) ?? { service, release, by, runs: 0, failed: 0 };
    groups.set(key, { ...group, runs: group.runs + 1, failed: group.failed + Number(exitCode !== 0) });
  }
  return [...groups.values()];
}

/** A line for each run by hand that failed, and one for those of each release that its schedule started. */
export function jobProblems(record: Recorded): string[] {
  const { cloud, runsByHand = [] } = record;
  const failed = cloud.filter((event): event is ScheduledRun => event.kind === "scheduledRun" && event.exitCode !== 0);
  const scheduled = jobRunsOf(record).flatMap(({ service, release, by, runs, failed: count }) => {
    const last = failed.findLast((run) => run.service === service && run.release === release);
    if (by === "hand" || !last) return [];
    if (last.taskId === null)
      return [`the schedule of ${service} could start nothing at ${countOf(count, "time")}: ${last.reason}`];
    const { exitCode, taskId, reason } = last;
    const how =
      exitCode === null
        ? `ended without an exit code: ${reason}`
        : `ended with exit code ${exitCode}${afterAndSaid(cloud, taskId)}`;
    const which = count === 1 ? "it" : "the last";
    return [
      `${count} of ${countOf(runs, "run")} of ${service} (${release}) by its schedule failed: ${which} ${how}${outputOf(cloud, taskId)}`,
    ];
  });
  return [...runsByHand.filter(hasEnded).flatMap((run) => byHandProblem(cloud, run)), ...scheduled];
}

/** What was not tried of jobs, in words. */
export function notTriedOfJobs(record: Recorded & Pick<RehearsalRecord, "settings">): string[] {
  const { kinds = {} } = record.settings;
  const tried = new Set(jobRunsOf(record).map(({ service }) => service));
  const stopped = (record.runsByHand ?? []).filter((run) => !hasEnded(run));
  return [
    ...stopped.map(
      ({ service, release, stoppedAfterSeconds }) =>
        `a whole run of ${service} (${release}): it was stopped after ${stoppedAfterSeconds} s`,
    ),
    ...Object.keys(kinds)
      .filter((name) => kinds[name] === "job" && !tried.has(name) && !stopped.some(({ service }) => service === name))
      .map((name) => `a run of ${name}`),
  ];
}

/** One line for people about all runs; "" without any. */
export function jobRunsText(runs: readonly JobRuns[]): string {
  return runs
    .map(({ service, release, by, runs: count, failed }) => {
      const name = release === "" ? service : `${service} ${release}`;
      return `${name}: ${count} by ${by === "hand" ? "hand" : "its schedule"}, ${failed} failed`;
    })
    .join("; ");
}

function hasEnded({ stoppedAfterSeconds, exitCode }: RunByHand): boolean {
  return stoppedAfterSeconds === null || exitCode !== null;
}

function byHandProblem(
  cloud: readonly CloudEvent[],
  { service, release, task, exitCode, reason, seconds, tail }: RunByHand,
): string[] {
  if (exitCode === 0) return [];
  const name = `a run of ${service} (${release}) by hand`;
  if (exitCode === null)
    return [`${name} ${task === null ? "did not start" : "ended without an exit code"}: ${reason}`];
  const last = tail.slice(-LINES).map((line) => line.slice(0, MAX_CHARACTERS));
  const lines = last.length === 0 ? "; it wrote nothing" : `; its last lines: ${last.join(" | ")}`;
  const end = `${name} ended with exit code ${exitCode} after ${secondsText(seconds)}${lines}${outputOf(cloud, task)}`;
  return [`${end}; if it needs what only AWS has: --skip-jobs ${service}`];
}

function endOf(cloud: readonly CloudEvent[], task: string | null) {
  return cloud.find((event) => event.kind === "containerEnded" && event.taskId === task);
}

function afterAndSaid(cloud: readonly CloudEvent[], task: string): string {
  const end = endOf(cloud, task);
  if (end?.kind !== "containerEnded") return "";
  return ` after ${secondsText(end.ranSeconds)}${end.said === null ? "" : ` (${end.said})`}`;
}

function outputOf(cloud: readonly CloudEvent[], task: string | null): string {
  const end = endOf(cloud, task);
  return end?.kind === "containerEnded" && end.log !== null ? `; its output: ${relative(process.cwd(), end.log)}` : "";
}
