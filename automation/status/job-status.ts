import { COLOURS } from "../../components/core/colour-name";
import type { StackOutputs } from "../../components/live/outputs";
import { nextTimeMs, type Schedule } from "../../components/settings/schedule";
import type { Settings } from "../../components/settings/settings";
import { concurrently } from "../core/concurrently";
import { dateTimeText } from "../core/date-time-text";
import { hasSucceeded } from "../core/stop-code";
import { ageText } from "../output/time-text";
import type { ObservedRun, Observer } from "../ports/observer";

const HOUR_MS = 3_600_000;

/** When a job runs, and how its last runs ended: a part of what `status --json` prints. */
export interface JobStatus {
  schedule: Schedule;
  /** The next time of the schedule in Unix milliseconds; null without a release, and after the last time. */
  nextMs: number | null;
  /** Whether the last time of the schedule has passed. */
  isOver: boolean;
  /** The runs that ECS still lists, newest first: those that go on, and those that ended within the last hour. */
  runs: readonly ObservedRun[] | { unknown: string };
}

/** Looks at all jobs, some at a time. */
export async function jobsStatus(
  observer: Pick<Observer, "runs">,
  { live, services }: Pick<StackOutputs, "live" | "services">,
  settings: Pick<Settings, "services">,
  nowMs: number,
): Promise<Record<string, JobStatus>> {
  const jobs = Object.entries(settings.services).flatMap(([name, { schedule }]) =>
    schedule && services[name]?.job ? [{ name, schedule }] : [],
  );
  const found = await concurrently(jobs, async ({ name, schedule }): Promise<[string, JobStatus]> => {
    const { active, colours } = live.services[name]!;
    const clusters = COLOURS.map((colour) => services[name]!.colours[colour].cluster);
    const runs = await Promise.all(clusters.map((cluster) => observer.runs(cluster))).then(
      (each) => each.flat().sort((one, two) => two.createdMs - one.createdMs),
      (error: Error) => ({ unknown: error.message.split("\n")[0]! }),
    );
    const timeMs = nextTimeMs(schedule, nowMs);
    return [name, { schedule, nextMs: colours[active].release ? timeMs : null, isOver: timeMs === null, runs }];
  });
  return Object.fromEntries(found);
}

/** `cron(30 2 * * ? *) Asia/Tokyo, next 2026-11-28 17:30 UTC` */
export function scheduleText({ schedule, nextMs, isOver }: JobStatus): string {
  return `${schedule.cron} ${schedule.timeZone}, ${whenText(nextMs, isOver)}`;
}

function whenText(nextMs: number | null, isOver: boolean): string {
  if (isOver) return "never again: its last time has passed";
  return nextMs === null ? "not before its first release" : `next ${dateTimeText(nextMs)} UTC`;
}

/** `3 began in the last hour, 1 failed; the last one ended 5 min ago, exit code 0`. Those that run or failed may have begun before. */
export function runsText({ runs }: JobStatus, nowMs: number): string {
  if ("unknown" in runs) return `not seen: ${runs.unknown}`;
  const begun = runs.filter(({ createdMs }) => createdMs >= nowMs - HOUR_MS).length;
  const beganText = `${begun === 0 ? "none" : begun} began in the last hour`;
  if (runs.length === 0) return beganText;
  const failed = runs.filter(hasFailed).length;
  const running = runs.filter(({ endedMs }) => endedMs === null).length;
  const last = runs.find(({ endedMs }) => endedMs !== null);
  const counts = [beganText, ...(running > 0 ? [`${running} running`] : []), `${failed} failed`];
  return [
    counts.join(", "),
    ...(last ? [`the last one ended ${ageText((nowMs - last.endedMs!) / 1000)} ago, ${endText(last)}`] : []),
  ].join("; ");
}

/** A line for people if the newest run that has ended failed. */
export function failedRunLines(name: string, { runs }: JobStatus): string[] {
  const last = "unknown" in runs ? undefined : runs.find(({ endedMs }) => endedMs !== null);
  return last && hasFailed(last) ? [`! ${name}: its last run failed: ${endText(last)}`] : [];
}

function hasFailed(run: ObservedRun): boolean {
  return run.endedMs !== null && !hasSucceeded(run);
}

function endText({ exitCode, wasStopped, reason }: ObservedRun): string {
  if (exitCode === null) return reason || "no exit code";
  return wasStopped ? `stopped with exit code ${exitCode}: ${reason}` : `exit code ${exitCode}`;
}
