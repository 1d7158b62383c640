import type { JobRun } from "../../automation/commands/run-job";
import type { RehearsalEnvironment } from "./environment";

/** A run of a job that the rehearsal has started, as `npx aoshingo run` does. */
export interface RunByHand {
  service: string;
  release: string;
  /** Id of its task; null if there is none. */
  task: string | null;
  /** Null for a run that did not start or was stopped. */
  exitCode: number | null;
  reason: string;
  seconds: number;
  /** The last lines that it wrote. */
  tail: string[];
  /** Null unless it took too long. */
  stoppedAfterSeconds: number | null;
}

/** A job that works through the little data of a rehearsal has ended long before. */
const LIMIT_MS = 5 * 60_000;

/**
 * Runs a job once with its active release, as a person does: `npx aoshingo run NAME`.
 * @param release the one that is active
 * @param limitMs real milliseconds after which the run is stopped
 */
export async function runJob(
  environment: RehearsalEnvironment,
  service: string,
  release: string,
  limitMs = LIMIT_MS,
): Promise<RunByHand> {
  const child = environment.start("run", [service, "--json"], { settingsFile: null });
  let stoppedAfterSeconds: number | null = null;
  const timer = setTimeout(() => {
    stoppedAfterSeconds = limitMs / 1000;
    // As Ctrl-C: the command stops the task.
    child.kill("SIGINT");
  }, limitMs);
  const { stdout, stderr } = await child;
  clearTimeout(timer);
  environment.signal.throwIfAborted();
  if (!stdout.startsWith("{")) {
    const reason = stderr.trim().split("\n").at(-1) ?? "";
    return { service, release, task: null, exitCode: null, reason, seconds: 0, tail: [], stoppedAfterSeconds };
  }
  const { task, exitCode, reason, seconds, tail } = JSON.parse(stdout) as JobRun;
  return { service, release, task, exitCode, reason, seconds, tail, stoppedAfterSeconds };
}
