import { z } from "zod";
import { lastPart } from "../../components/core/arn";
import { COLOURS, type Colour } from "../../components/core/colour-name";
import { parseJson } from "../../components/core/parse-json";
import type { ServiceOutputs } from "../../components/live/outputs";
import { dateTimeText } from "../core/date-time-text";
import { hasSucceeded, wasStopped } from "../core/stop-code";
import { table } from "../output/table";
import type { LogEvent, LogReader } from "../ports/log-reader";
import type { HistoryRecord } from "../store/history";

/** One run of a job that has ended, as `history` shows it. */
export interface JobRun {
  /** Id of its task. */
  task: string;
  colour: Colour;
  /** Null if no run of the store deployed it. */
  release: string | null;
  /** `schedule`, or `hand` for a run that somebody started by itself. */
  startedBy: "schedule" | "hand";
  /** Unix milliseconds. */
  startedMs: number;
  /** Unix milliseconds. */
  endedMs: number;
  /** Null for a run that did not start, or whose machine was lost. */
  exitCode: number | null;
  /** Whether something else than its own end stopped it: it may not have done its work, whatever its exit code. */
  wasStopped: boolean;
  /** Why it ended, in ECS's words. */
  reason: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** How far back is looked, until there are as many runs as are wanted. The log keeps the last of these. */
const LOOK_BACK_DAYS = [1, 7, 30, 90];
/** What EventBridge Scheduler writes at the beginning of a task's `startedBy`. */
const SCHEDULER = "chronos-schedule/";

/** What is read of ECS's event about a task that has stopped. */
const eventSchema = z.object({
  detail: z.object({
    taskArn: z.string(),
    clusterArn: z.string(),
    startedBy: z.string().optional(),
    createdAt: z.iso.datetime(),
    stoppedAt: z.iso.datetime(),
    stopCode: z.string().optional(),
    stoppedReason: z.string().default(""),
    containers: z.array(
      z.object({ name: z.string(), exitCode: z.int().optional(), imageDigest: z.string().optional() }),
    ),
  }),
});

/** Reads the last runs of a job, newest first. */
export async function lastJobRuns(
  reader: LogReader,
  { name, logGroup, colours }: { name: string; logGroup: string; colours: ServiceOutputs["colours"] },
  deploys: readonly HistoryRecord[],
  { last, nowMs }: { last: number; nowMs: number },
): Promise<JobRun[]> {
  const events: LogEvent[] = [];
  let runs: JobRun[] = [];
  let untilMs: number | undefined;
  for (const days of LOOK_BACK_DAYS) {
    const fromMs = nowMs - days * DAY_MS;
    events.push(...(await reader.events(logGroup, fromMs, { untilMs, pattern: patternOf(colours) })));
    runs = jobRunsIn(events, { name, colours }, deploys);
    if (runs.length >= last) break;
    untilMs = fromMs;
  }
  return runs.slice(0, last);
}

/** The filter pattern of events that name a cluster of the job: the log has those of all jobs. */
function patternOf(colours: ServiceOutputs["colours"]): string {
  return COLOURS.map((colour) => `?${JSON.stringify(`:cluster/${colours[colour].cluster}"`)}`).join(" ");
}

/**
 * Returns the runs of a job that these events tell of, newest first. EventBridge may tell of one twice.
 * @param deploys the stack's runs, by which the name of a release is known
 */
export function jobRunsIn(
  events: readonly LogEvent[],
  { name, colours }: { name: string; colours: ServiceOutputs["colours"] },
  deploys: readonly HistoryRecord[],
): JobRun[] {
  const runs = new Map<string, JobRun>();
  for (const { message } of events) {
    const { data } = eventSchema.safeParse(parseJson(message));
    if (!data) continue;
    const cluster = lastPart(data.detail.clusterArn);
    const colour = COLOURS.find((one) => colours[one].cluster === cluster);
    if (!colour) continue;
    const { taskArn, startedBy = "", createdAt, stoppedAt, stopCode, stoppedReason, containers } = data.detail;
    const { exitCode = null, imageDigest: digest } = containers.find((container) => container.name === name) ?? {};
    const startedMs = Date.parse(createdAt);
    const task = lastPart(taskArn);
    runs.set(task, {
      task,
      colour,
      release: releaseOf(deploys, name, digest, startedMs),
      startedBy: startedBy.startsWith(SCHEDULER) ? "schedule" : "hand",
      startedMs,
      endedMs: Date.parse(stoppedAt),
      exitCode,
      wasStopped: wasStopped({ stopCode }),
      reason: stoppedReason,
    });
  }
  return [...runs.values()].sort((one, two) => two.startedMs - one.startedMs);
}

/** `2026-11-27 02:30  exit code 0  12 s  v3  schedule  0123456789ab`, a row for each run, and why one failed below it. */
export function jobRunsText(runs: readonly JobRun[]): string {
  if (runs.length === 0) return "No run has ended yet.";
  const rows = runs.map(({ startedMs, endedMs, release, startedBy, task, ...run }) => [
    `${dateTimeText(startedMs)} UTC`,
    run.exitCode === null ? "no exit code" : `${run.wasStopped ? "stopped, " : ""}exit code ${run.exitCode}`,
    `${((endedMs - startedMs) / 1000).toFixed(0)} s`,
    release ?? "-",
    startedBy,
    task,
  ]);
  const [head, ...lines] = table([["STARTED", "ENDED", "TIME", "RELEASE", "BY", "TASK"], ...rows]);
  return [
    head!,
    ...lines.flatMap((line, index) => {
      const run = runs[index]!;
      return hasSucceeded(run) || run.reason === "" ? [line] : [line, `  ${run.reason}`];
    }),
  ].join("\n");
}

/** The release with this image that was last made active before this time. */
function releaseOf(
  deploys: readonly HistoryRecord[],
  name: string,
  digest: string | undefined,
  atMs: number,
): string | null {
  const deploy = deploys
    .filter(({ startedAtMs, outcome }) => startedAtMs <= atMs && outcome !== "takenBack")
    .filter(({ releases }) => digest !== undefined && releases[name]?.image.endsWith(`@${digest}`))
    .sort((one, two) => two.startedAtMs - one.startedAtMs)[0];
  return deploy?.releases[name]?.name ?? null;
}
