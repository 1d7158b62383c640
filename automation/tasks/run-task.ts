import { lastPart } from "../../components/core/arn";
import { StepFailed } from "../core/errors";
import { pollPace } from "../core/poll-pace";
import { transientProblem } from "../core/retry-transient";
import { hasSucceeded } from "../core/stop-code";
import { waitUntil } from "../core/wait-until";
import { type AskingTools, untilAnswered } from "../observe/until-answered";
import { CannotStart, type NewTask, type StandaloneTask, type TaskRunner } from "../ports/run-task";
import { LeaseLostError } from "../ports/store";
import { type LogPage, TaskLog } from "./task-log";

/** From instances in service until one is in the cluster: boot and the agent's start, with much in reserve. */
const START_LIMIT_MS = 5 * 60_000;
/** A longer task must not hold a deploy: it belongs in a job of its own, after the release. */
const LIMIT_MS = 60 * 60_000;
/** ECS may not list a task yet that it has just started: its answers are eventually consistent. */
const UNLISTED_MS = 60_000;
/** The log's last lines may come a little after the task's end. */
const LAST_LINES_MS = 5_000;
/** Enough of the output to see the cause of a failure. */
const TAIL_LINES = 20;

/** Its `startedBy` identifies the task across commands: a task with it counts as this one, whichever process started it. */
export interface TaskRun extends NewTask {
  logGroup: string;
  /** Prefix that awslogs puts before `/<container>/<task id>`. */
  streamPrefix: string;
  /** How long it may take. Default: an hour. */
  limitMs?: number;
  /** Whether its output is wanted whole: its last lines are waited for after a success, too. */
  isShown?: boolean;
  /** Whether it runs on when it cannot be followed any more. The signal stops it in any case. */
  outlivesErrors?: boolean;
}

export interface TaskEnd {
  task: StandaloneTask;
  /** The last lines of the task's output. */
  tail: string[];
}

interface Tools extends AskingTools {
  taskRunner: TaskRunner;
  /**
   * Absent where no lease is held.
   * @throws LeaseLostError when another command has taken over: it may follow the task now
   */
  assertHeld?(): Promise<void>;
}

/** Gets one line on the progress, and the lines that the task wrote since the last time. A notice is also for those who want no progress. */
type OnProgress = (line: string, lines: readonly string[], isNotice?: true) => void;

/**
 * Runs a task to its end. A task that already succeeded is not run again; one that still runs is waited for, and if it was to stop before, another one
 * runs after it.
 * @throws StepFailed when no instance takes the task, or it takes longer than it may
 */
export async function runOnce(tools: Tools, run: TaskRun, onProgress: OnProgress): Promise<TaskEnd> {
  const known = await untilAnswered(
    "nobody can say whether the task runs already",
    () => tools.taskRunner.find(run.cluster, run.startedBy),
    tools,
    (line) => onProgress(line, []),
  );
  const done = known.find((task) => task.status === "STOPPED" && hasSucceeded(task));
  if (done) return { task: done, tail: [] };
  const running = known.find(({ status }) => status !== "STOPPED");
  if (running) {
    const end = await followedOrStopped(tools, run, running, onProgress);
    if (!running.wasStopped) return end;
  }
  return followedOrStopped(tools, run, await started(tools, run, onProgress), onProgress);
}

/** Follows a task to its end. If this does not succeed, the task is stopped first, unless the lease was lost, or a notice says that it may still run. */
async function followedOrStopped(
  tools: Tools,
  run: TaskRun,
  task: StandaloneTask,
  onProgress: OnProgress,
): Promise<TaskEnd> {
  try {
    return await followed(tools, run, task, onProgress);
  } catch (error) {
    if (await hasLostLease(tools)) throw error;
    const stop = () => tools.taskRunner.stop(run.cluster, task.id, "nobody waits for it any more");
    const isLeft = run.outlivesErrors && !tools.signal.aborted;
    const isStopped =
      !isLeft &&
      (await stop().then(
        () => true,
        () => false,
      ));
    if (!isStopped) onProgress(`task ${lastPart(task.id)} was not stopped and may still run`, [], true);
    throw error;
  }
}

/** A machine that wakes after a long sleep may find the time over before it finds the lease lost. A stopped run asks nobody: it may have seconds. */
async function hasLostLease({ signal, assertHeld }: Tools): Promise<boolean> {
  if (signal.aborted) return signal.reason instanceof LeaseLostError;
  const problem = await assertHeld?.().catch((error: unknown) => error);
  return problem instanceof LeaseLostError;
}

/** An unanswered call is not made again: it may have started a task, and another call would start a second one. */
async function started(tools: Tools, run: TaskRun, onProgress: OnProgress): Promise<StandaloneTask> {
  let task: StandaloneTask | undefined;
  const start = async () => {
    try {
      task = await tools.taskRunner.start(run);
      return [];
    } catch (error) {
      if (!(error instanceof CannotStart)) throw error;
      if (error.final) throw new StepFailed(`the task cannot start: ${error.message}`);
      return [error.message];
    }
  };
  await waitUntil("the task cannot start", start, waitOptions(tools, onProgress));
  return task!;
}

function waitOptions({ clock, signal, settings }: Tools, onProgress: OnProgress) {
  const pace = pollPace(settings.deploy.metricPeriodSeconds);
  return { clock, signal, limitMs: START_LIMIT_MS, pace, onProgress: (line: string) => onProgress(line, []) };
}

/** Follows a task to its end. A look that AWS does not answer is no news: the task runs on. So it does if its log cannot be read. */
async function followed(tools: Tools, run: TaskRun, start: StandaloneTask, onProgress: OnProgress): Promise<TaskEnd> {
  const { taskRunner, clock, signal, settings } = tools;
  const pace = pollPace(settings.deploy.metricPeriodSeconds);
  const startedMs = clock.now();
  const stream = `${run.streamPrefix}/${start.container}/${lastPart(start.id)}`;
  const { limitMs = LIMIT_MS } = run;
  const deadlineMs = startedMs + limitMs;
  const tail: string[] = [];
  let endedMs: number | null = null;
  const answered = async <Answer>(asked: Promise<Answer>, before: Answer): Promise<Answer> => {
    try {
      return await asked;
    } catch (error) {
      const problem = transientProblem(error);
      if (problem === null) throw error;
      onProgress(problem, []);
      return before;
    }
  };
  let isReadable = true;
  const log = new TaskLog(async (since) => {
    const nothing = { lines: [], next: since };
    if (!isReadable) return nothing;
    try {
      return await answered<LogPage | null>(taskRunner.log(run.logGroup, stream, since), null);
    } catch (error) {
      isReadable = false;
      onProgress(`what the task writes cannot be read: ${(error as Error).message}`, [], true);
      return nothing;
    }
  });
  for (let task = start; ; ) {
    const ended = task.status === "STOPPED";
    if (ended) endedMs ??= clock.now();
    else if (clock.now() > deadlineMs) throw new StepFailed(`the task ran over ${limitMs / 60_000} minutes`);
    const { lines, isAnswered } = await log.read(ended ? "all" : "one");
    tail.splice(0, Math.max(0, tail.push(...lines) - TAIL_LINES));
    onProgress(lines.at(-1) ?? `the task is ${task.status}`, lines);
    const isWhole = isAnswered && (lines.length > 0 || (task.exitCode === 0 && !run.isShown));
    if (ended && (isWhole || clock.now() - endedMs! >= LAST_LINES_MS)) return { task, tail };
    await clock.sleep(pace(clock.now() - startedMs), signal);
    if (ended) continue;
    const seen = await answered<StandaloneTask | null>(taskRunner.look(run.cluster, task.id), task);
    if (seen === null && clock.now() - startedMs > UNLISTED_MS)
      throw new StepFailed(`ECS does not know task ${task.id} any more`);
    task = seen ?? task;
  }
}
