import { other } from "../../../components/core/colour-name";
import { countOf } from "../../../components/core/count-of";
import { StepFailed } from "../../core/errors";
import { pollPace } from "../../core/poll-pace";
import { retryTransient } from "../../core/retry-transient";
import { waitUntil } from "../../core/wait-until";
import { checkColour } from "../../observe/check-colour";
import { expectedColour } from "../../observe/expected-colour";
import { FailedStarts } from "../../observe/failed-starts";
import { runningTasks } from "../../observe/running-tasks";
import { type Steadiness, steadiness } from "../../observe/steadiness";
import { progressReporter, type RunState, type StepContext } from "../context";

/**
 * Limit on top of `deploy.steadySeconds`. An `up` does not wait for a worker's tasks (aws-rules C12): instances boot and join, images are pulled, and ECS
 * may start a task that ended again a few times.
 */
const LIMIT_MS = 5 * 60_000;

/**
 * Verifies a worker, which answers no requests: its tasks are up if the same ones run for `deploy.steadySeconds`. When a task ends or is replaced the time
 * starts again. Tasks that end again and again fail the step early.
 * @returns one line that says what was seen
 * @throws StepFailed
 */
export async function verifySteady(context: StepContext, state: RunState, service: string): Promise<string> {
  const { clock, signal, observer, settings } = context;
  const { active, colours } = state.live.services[service]!;
  const idle = other(active);
  const outputs = state.outputs.services[service]!.colours[idle];
  const { release, size } = colours[idle];
  const wanted = expectedColour(colours[idle], settings.services[service]!.size);
  const { steadySeconds } = settings.deploy;
  const startedMs = clock.now();
  const failures = new FailedStarts(size);
  let steady: Steadiness | null = null;

  const check = async (): Promise<string[]> => {
    const seen = await observer.colour(outputs);
    const reason = failures.reasonToGiveUp(seen);
    if (reason !== null) throw new StepFailed(`${service} is not steady: ${reason}`);
    const problems = checkColour(outputs, seen, wanted);
    const running = runningTasks(outputs, seen);
    steady = steadiness(steady, problems.length > 0 ? null : running, clock.now());
    if (problems.length > 0) return [...problems, ...restartsOf(steady)];
    const steadyMs = clock.now() - steady!.sinceMs;
    if (steadyMs >= steadySeconds * 1000) return [];
    return [`the same tasks run for ${Math.floor(steadyMs / 1000)} of ${steadySeconds} s`, ...restartsOf(steady)];
  };

  try {
    await waitUntil(`${service} is not steady`, retryTransient(check), {
      clock,
      signal,
      limitMs: LIMIT_MS + steadySeconds * 1000,
      pace: pollPace(settings.deploy.metricPeriodSeconds),
      onProgress: progressReporter(context, "verify"),
    });
  } finally {
    context.emit({ type: "waited", atMs: clock.now(), step: "verify", seconds: (clock.now() - startedMs) / 1000 });
  }
  return `${size} of ${size} tasks of ${service} ${release?.name} ran steadily for ${steadySeconds} s`;
}

function restartsOf(steady: Steadiness | null): string[] {
  return steady && steady.restarts > 0 ? [`tasks ended or were replaced ${countOf(steady.restarts, "time")}`] : [];
}
