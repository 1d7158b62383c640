import { randomBytes } from "node:crypto";
import { lastPart } from "../../components/core/arn";
import { releaseInStream } from "../../components/core/names";
import { UserError } from "../../components/core/user-error";
import type { StackOutputs } from "../../components/live/outputs";
import { configurationOfRelease } from "../../components/live/release";
import { AwsTaskRunner } from "../aws/run-task";
import { type Clock, systemClock } from "../core/clock";
import { StepFailed, Stopped } from "../core/errors";
import { printableOn } from "../core/printable";
import { onStopSignal } from "../core/process/stop-signals";
import { hasSucceeded } from "../core/stop-code";
import type { TaskRunner } from "../ports/run-task";
import { runOnce } from "../tasks/run-task";
import { stackOutputs } from "./stack-outputs";

/** Period that sets the pace of looks at AWS. */
const PERIOD_SECONDS = 60;

/** How a run by hand ended. `run --json` prints it. */
export interface JobRun {
  job: string;
  /** Name of the active release, which ran. */
  release: string;
  task: string;
  /** Null for a task that did not start, or whose machine was lost. */
  exitCode: number | null;
  /** Why it ended, in ECS's words. */
  reason: string;
  /** Whether a person, a command or the end of its machine stopped it: then it failed, also with exit code 0. */
  wasStopped: boolean;
  seconds: number;
  /** The last lines that it wrote. */
  tail: string[];
}

interface RunJobOptions {
  signal: AbortSignal;
  onLines(lines: readonly string[]): void;
  /** Gets a line on what does not go as it should, such as a log that cannot be read. */
  onNotice(line: string): void;
  /** Default: the system's. */
  clock?: Clock;
}

export async function runJob(job: string, { stack, json }: { stack: string; json: boolean }): Promise<void> {
  const outputs = await stackOutputs(stack);
  const stop = new AbortController();
  const stopListening = onStopSignal((signal) => stop.abort(new Stopped(signal)));
  try {
    const ended = await ranOnce(new AwsTaskRunner(outputs.region), outputs, job, {
      signal: stop.signal,
      onLines: (lines) => lines.forEach((line) => void (json || console.log(printableOn(process.stdout, line)))),
      onNotice: (line) => console.error(printableOn(process.stderr, line)),
    });
    if (json) console.log(JSON.stringify(ended, null, 2));
    else console.error(printableOn(process.stderr, endText(ended)));
    if (!hasSucceeded(ended)) throw new StepFailed(json ? endText(ended) : `${job} failed`);
  } finally {
    stopListening();
  }
}

/**
 * Starts one task of a job's active release and waits for its end, however long it takes. Only a signal stops the task: after an error it runs on.
 * @throws UserError if there is no such job, or it has no release yet
 */
export async function ranOnce(
  taskRunner: TaskRunner,
  outputs: StackOutputs,
  job: string,
  { signal, onLines, onNotice, clock = systemClock }: RunJobOptions,
): Promise<JobRun> {
  const { release, run } = taskOf(outputs, job);
  const startedMs = clock.now();
  const { task, tail } = await runOnce(
    { taskRunner, clock, signal, settings: { deploy: { metricPeriodSeconds: PERIOD_SECONDS } } },
    {
      ...run,
      startedBy: `run-${randomBytes(6).toString("hex")}`,
      limitMs: Number.POSITIVE_INFINITY,
      isShown: true,
      outlivesErrors: true,
    },
    (line, lines, isNotice) => {
      if (isNotice) onNotice(line);
      onLines(lines);
    },
  );
  const { id, exitCode, reason, wasStopped } = task;
  const seconds = Math.round((clock.now() - startedMs) / 1000);
  return { job, release, task: lastPart(id), exitCode, reason, wasStopped, seconds, tail };
}

function taskOf({ services, live }: StackOutputs, name: string) {
  const jobs = Object.keys(services).filter((each) => services[each]!.job);
  const service = services[name];
  if (!service?.job)
    throw new UserError(
      `${service ? `${name} is no job` : `unknown job "${name}"`}: the stack has ${jobs.length > 0 ? `the jobs ${jobs.join(", ")}` : "no jobs"}`,
    );
  const { active, colours } = live.services[name]!;
  const { release } = colours[active];
  const { cluster, taskDefinition } = service.colours[active];
  if (release === null || taskDefinition === null)
    throw new UserError(`${name} has no release yet: deploy one first, such as ${name}=v1`, { exitCode: 1 });
  const enableExecuteCommand = configurationOfRelease(release)?.exec === true;
  const run = { cluster, taskDefinition, enableExecuteCommand, network: service.job, logGroup: service.logGroup };
  return { release: release.name, run: { ...run, streamPrefix: `${active}/${releaseInStream(release.name)}` } };
}

/** Says in one line how a run ended. */
export function endText(run: JobRun): string {
  return `${run.job} ${run.release} ${howItEnded(run)} (task ${run.task})`;
}

function howItEnded({ exitCode, reason, wasStopped, seconds }: JobRun): string {
  if (wasStopped) return `was stopped after ${seconds} s: ${reason}`;
  return exitCode === null
    ? `ended without an exit code after ${seconds} s: ${reason}`
    : `ended with exit code ${exitCode} after ${seconds} s`;
}
