import { other } from "../../../components/core/colour-name";
import { pollPace } from "../../core/poll-pace";
import { retryTransient } from "../../core/retry-transient";
import { waitUntil } from "../../core/wait-until";
import { checkJob } from "../../observe/check-job";
import { progressReporter, type RunState, type StepContext } from "../context";

/** ECS knows a new revision at once. This is for a request that AWS does not answer. */
const LIMIT_MS = 30_000;

/**
 * Verifies a job, of which nothing runs between its times: tasks can be started of the idle colour's task definition, and it has the
 * release's own image.
 * @returns one line that says what was seen
 * @throws StepFailed
 */
export async function verifyJob(context: StepContext, state: RunState, service: string): Promise<string> {
  const { clock, signal, settings } = context;
  const { active, colours } = state.live.services[service]!;
  const idle = other(active);
  const check = () => checkJob(context, state, service, idle);
  await waitUntil(`${service} is not ready to run`, retryTransient(check), {
    clock,
    signal,
    limitMs: LIMIT_MS,
    pace: pollPace(settings.deploy.metricPeriodSeconds),
    onProgress: progressReporter(context, "verify"),
  });
  return `${service} ${idle} is ready to run ${colours[idle].release?.name}`;
}
