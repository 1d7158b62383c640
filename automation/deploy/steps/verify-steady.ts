import { other } from "../../../components/core/colour-name";
import { digestOf } from "../../core/desired-releases";
import { StepFailed } from "../../core/errors";
import { retryTransient } from "../../core/retry-transient";
import { waitUntil } from "../../core/wait-until";
import { checkColour } from "../../observe/check-colour";
import { type Steadiness, steadiness } from "../../observe/steadiness";
import type { ColourObservation } from "../../ports/observer";
import { progressReporter, type RunState, type StepContext } from "../context";

/**
 * On top of `deploy.steadySeconds`. An `up` does not wait for a worker's tasks (aws-rules C12): instances boot and join, images are pulled, and a task
 * that ended may be started again a few times.
 */
const LIMIT_MS = 5 * 60_000;
/** For each task that is wished for. Once may be bad luck, twice something that was late; a third time it is the release. */
const FAILURES_PER_TASK = 3;

/**
 * A worker has no answers to ask for: its tasks are up if the same ones run for `deploy.steadySeconds`. A task that ends or is replaced starts the
 * time again; tasks that end again and again are given up early.
 * @returns what was seen, in a line
 * @throws StepFailed
 */
export async function verifySteady(context: StepContext, state: RunState, service: string): Promise<string> {
  const { clock, signal, observer, settings } = context;
  const { active, colours } = state.live.services[service]!;
  const idle = other(active);
  const outputs = state.outputs.services[service]!.colours[idle];
  const { release, size } = colours[idle];
  const wanted = { size, digest: digestOf(release!.image) };
  const { steadySeconds } = settings.deploy;
  const startedMs = clock.now();
  const failures = new Failures();
  let steady: Steadiness | null = null;

  const look = async (): Promise<string[]> => {
    const seen = await observer.colour(outputs);
    if (failures.since(seen) >= FAILURES_PER_TASK * size)
      throw new StepFailed(`${service} is not steady: its tasks ended ${failures.count} times`);
    const faults = checkColour(outputs, seen, wanted);
    const running = seen.tasks.filter(
      (task) => task.status === "RUNNING" && task.taskDefinition === outputs.taskDefinition,
    );
    steady = steadiness(steady, faults.length > 0 ? null : running, clock.now());
    if (faults.length > 0) return [...faults, ...restartsOf(steady)];
    const steadyMs = clock.now() - steady!.sinceMs;
    if (steadyMs >= steadySeconds * 1000) return [];
    return [`the same tasks run for ${Math.floor(steadyMs / 1000)} of ${steadySeconds} s`, ...restartsOf(steady)];
  };

  try {
    await waitUntil(`${service} is not steady`, retryTransient(look), {
      clock,
      signal,
      limitMs: LIMIT_MS + steadySeconds * 1000,
      onProgress: progressReporter(context, "verify"),
    });
  } finally {
    context.emit({ type: "waited", atMs: clock.now(), step: "verify", seconds: (clock.now() - startedMs) / 1000 });
  }
  return `${size} of ${size} tasks of ${service} ${release?.name} ran steadily for ${steadySeconds} s`;
}

function restartsOf(steady: Steadiness | null): string[] {
  return steady && steady.restarts > 0 ? [`tasks ended or were replaced ${steady.restarts} times`] : [];
}

/** Counts tasks that failed from the first look on: ECS lists those of an earlier try for an hour. */
class Failures {
  readonly #ids = new Set<string>();
  #before: ReadonlySet<string> | null = null;

  get count(): number {
    return this.#ids.size;
  }

  since({ failedTasks }: ColourObservation): number {
    this.#before ??= new Set(failedTasks.map(({ id }) => id));
    for (const { id } of failedTasks) if (!this.#before.has(id)) this.#ids.add(id);
    return this.count;
  }
}
