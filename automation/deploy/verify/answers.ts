import { other } from "../../../components/core/colour-name";
import { pollPace } from "../../core/poll-pace";
import { retryTransient } from "../../core/retry-transient";
import { waitUntil } from "../../core/wait-until";
import { checkColour } from "../../observe/check-colour";
import { checkResponses, type Responses } from "../../observe/check-responses";
import { expectedColour } from "../../observe/expected-colour";
import { expectedResponses } from "../../observe/expected-responses";
import { ENOUGH_AFTER_MS, isHalfUp } from "../../observe/half-up";
import { RELEASE_HEADER } from "../../ports/http-client";
import { isRollback, progressReporter, type RunState, type StepContext } from "../context";
import { SPREAD_LIMIT_MS } from "../spread-limit";

/**
 * Waits until an api's targets are healthy with the new release, and it answers at the test name through every load balancer. Returns what was seen.
 */
export async function verifyAnswers(context: StepContext, state: RunState, service: string): Promise<string> {
  const { clock, signal } = context;
  const startedMs = clock.now();
  // After a run that was killed while it waited for them, instances may still start.
  const startingMsLimit = context.settings.deploy.healthyWithinSeconds * 1000;
  let isUnnamed = false;
  let missing: string[] = [];
  let startingMs = startedMs;
  await waitUntil(
    `${service} is not up`,
    retryTransient(async () => {
      const takesHalf = isRollback(state) && clock.now() - startedMs >= ENOUGH_AFTER_MS;
      const heard = await idleAnswers(context, state, service, takesHalf);
      ({ isUnnamed, missing } = heard);
      if (heard.isStarting && clock.now() - startedMs < startingMsLimit) startingMs = clock.now();
      return heard.problems;
    }),
    {
      clock,
      signal,
      limitMs: SPREAD_LIMIT_MS,
      limitFromMs: () => startingMs,
      pace: pollPace(context.settings.deploy.metricPeriodSeconds),
      onProgress: progressReporter(context, "verify"),
    },
  );
  if (isUnnamed && !isRollback(state))
    context.emit({
      type: "notice",
      atMs: clock.now(),
      message: `${service} sends no ${RELEASE_HEADER} header: which release answers is concluded from AWS (digests behind healthy targets, weights of rules), not heard`,
    });
  if (missing.length === 0) return seenOf(state, service, isUnnamed);
  const message = `production goes back to a part of ${service}: ${missing.join("; ")}`;
  context.emit({ type: "notice", atMs: clock.now(), message });
  return message;
}

interface Heard extends Responses {
  /** What keeps the colour from being whole, although it is enough. */
  missing: string[];
  /** Whether an instance may only need more time. */
  isStarting: boolean;
}

async function idleAnswers(
  { settings, observer, httpClient }: StepContext,
  state: RunState,
  service: string,
  takesHalf: boolean,
): Promise<Heard> {
  const { live, outputs } = state;
  const liveService = live.services[service]!;
  const { colours } = outputs.services[service]!;
  const idle = other(liveService.active);
  const wanted = expectedColour(liveService.colours[idle], settings.services[service]!.size);
  const seen = await observer.colour(colours[idle]);
  const missing = checkColour(colours[idle], seen, wanted);
  const isEnough = missing.length === 0 || (takesHalf && isHalfUp(colours[idle], seen, wanted));
  const isStarting = missing.length > 0 && seen.instances.some((instance) => instance.isStarting);
  if (!isEnough) return { problems: missing, isUnnamed: false, missing, isStarting };
  const expected = expectedResponses(settings.cutover, liveService, outputs.services[service]!, outputs.edges);
  // A release that a rollback leaves may answer badly.
  const isLeft = isRollback(state) || state.ignoredUnhealthy.includes(service);
  const responses = await checkResponses(
    httpClient,
    isLeft ? expected.test : [...expected.test, ...expected.production],
    isRollback(state),
  );
  return { ...responses, missing, isStarting };
}

function seenOf({ live, outputs }: RunState, service: string, isUnnamed: boolean): string {
  const idle = other(live.services[service]!.active);
  const { release, size } = live.services[service]!.colours[idle];
  const { exposures } = outputs.services[service]!;
  const targets = `${size} of ${size} ${idle} targets healthy with its digest`;
  if (!exposures.public) return `${service} ${release?.name} has ${targets}`;
  return `${new URL(exposures.public.testUrl).host} answers${isUnnamed ? "" : ` from ${release?.name}`}, ${targets}`;
}
