import { other } from "../../../components/core/colour-name";
import { countOf } from "../../../components/core/count-of";
import { StepFailed } from "../../core/errors";
import { pollPace } from "../../core/poll-pace";
import { retryTransient } from "../../core/retry-transient";
import { waitUntil } from "../../core/wait-until";
import { FailedStarts } from "../../observe/failed-starts";
import { leastHalf } from "../../observe/half-up";
import { runningTasks } from "../../observe/running-tasks";
import { type Steadiness, steadiness } from "../../observe/steadiness";
import { progressReporter, type RunState, type StepContext } from "../context";
import { IdleLooks, toAPart } from "./idle-look";

/** Limit on top of `deploy.steadySeconds`, from when no instance starts any more: ECS may start a task that ended again a few times. */
const LIMIT_MS = 5 * 60_000;

/**
 * Verifies a worker, which answers no requests: its tasks are up if the same ones run for `deploy.steadySeconds`. When a task ends or is replaced the time
 * starts again. Tasks that end again and again fail the step early. On the way back, half of them are enough after a short time.
 * @returns one line that says what was seen
 * @throws StepFailed
 */
export async function verifySteady(context: StepContext, state: RunState, service: string): Promise<string> {
  const { clock, signal, settings } = context;
  const { active, colours } = state.live.services[service]!;
  const { release, size } = colours[other(active)];
  const { steadySeconds } = settings.deploy;
  const startedMs = clock.now();
  const looks = new IdleLooks(context, state, service);
  const failures = new FailedStarts(size);
  let steady: Steadiness | null = null;
  let missing: string[] = [];
  /** How many tasks of the last look have not run on. */
  let restarting = 0;

  const check = async (): Promise<string[]> => {
    const { seen, isEnough, takesHalf, ...found } = await looks.look();
    missing = found.missing;
    const running = isEnough ? runningTasks(looks.outputs, seen) : null;
    steady = steadiness(steady, running, clock.now(), takesHalf ? leastHalf(looks.wanted, seen) : undefined);
    restarting = (running?.length ?? 0) - (steady?.taskIds.length ?? 0);
    const steadyMs = isEnough ? clock.now() - steady!.sinceMs : 0;
    const reason = failures.reasonToGiveUp(seen);
    // Where half is enough and runs on, the other half may end as often as it likes.
    if (reason !== null && !(takesHalf && steadyMs > 0)) throw new StepFailed(`${service} is not steady: ${reason}`);
    if (!isEnough) return [...missing, ...restartsOf(steady)];
    if (steadyMs >= steadySeconds * 1000) return [];
    return [`the same tasks run for ${Math.floor(steadyMs / 1000)} of ${steadySeconds} s`, ...restartsOf(steady)];
  };

  try {
    await waitUntil(`${service} is not steady`, retryTransient(check), {
      clock,
      signal,
      limitMs: LIMIT_MS + steadySeconds * 1000,
      limitFromMs: looks.startingMs,
      pace: pollPace(settings.deploy.metricPeriodSeconds),
      onProgress: progressReporter(context, "verify"),
    });
  } finally {
    context.emit({ type: "waited", atMs: clock.now(), step: "verify", seconds: (clock.now() - startedMs) / 1000 });
  }
  if (missing.length === 0 && restarting > 0)
    missing = [`${size - restarting} of ${size} tasks ran on, the others ended again`];
  if (missing.length > 0) return toAPart(context, service, missing);
  return `${size} of ${size} tasks of ${service} ${release?.name} ran steadily for ${steadySeconds} s`;
}

function restartsOf(steady: Steadiness | null): string[] {
  return steady && steady.restarts > 0 ? [`tasks ended or were replaced ${countOf(steady.restarts, "time")}`] : [];
}
