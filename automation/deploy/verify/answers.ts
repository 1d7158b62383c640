import { other } from "../../../components/core/colour-name";
import { pollPace } from "../../core/poll-pace";
import { retryTransient } from "../../core/retry-transient";
import { waitUntil } from "../../core/wait-until";
import { checkResponses, type Responses } from "../../observe/check-responses";
import { expectedResponses } from "../../observe/expected-responses";
import { RELEASE_HEADER } from "../../ports/http-client";
import { isRollback, progressReporter, type RunState, type StepContext } from "../context";
import { SPREAD_LIMIT_MS } from "../spread-limit";
import { IdleLooks, toAPart } from "./idle-look";

/**
 * Waits until an api's targets are healthy with the new release, and it answers at the test name through every load balancer. Returns what was seen.
 */
export async function verifyAnswers(context: StepContext, state: RunState, service: string): Promise<string> {
  const { clock, signal } = context;
  const looks = new IdleLooks(context, state, service);
  let isUnnamed = false;
  let missing: string[] = [];
  await waitUntil(
    `${service} is not up`,
    retryTransient(async () => {
      const seen = await looks.look();
      missing = seen.missing;
      if (!seen.isEnough) return missing;
      const heard = await idleAnswers(context, state, service);
      isUnnamed = heard.isUnnamed;
      return heard.problems;
    }),
    {
      clock,
      signal,
      limitMs: SPREAD_LIMIT_MS,
      limitFromMs: looks.startingMs,
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
  return missing.length === 0 ? seenOf(state, service, isUnnamed) : toAPart(context, service, missing);
}

function idleAnswers({ settings, httpClient }: StepContext, state: RunState, service: string): Promise<Responses> {
  const { live, outputs } = state;
  const expected = expectedResponses(
    settings.cutover,
    live.services[service]!,
    outputs.services[service]!,
    outputs.edges,
  );
  // A release that a rollback leaves may answer badly.
  const isLeft = isRollback(state) || state.ignoredUnhealthy.includes(service);
  return checkResponses(
    httpClient,
    isLeft ? expected.test : [...expected.test, ...expected.production],
    isRollback(state),
  );
}

function seenOf({ live, outputs }: RunState, service: string, isUnnamed: boolean): string {
  const idle = other(live.services[service]!.active);
  const { release, size } = live.services[service]!.colours[idle];
  const { exposures } = outputs.services[service]!;
  const targets = `${size} of ${size} ${idle} targets healthy with its digest`;
  if (!exposures.public) return `${service} ${release?.name} has ${targets}`;
  return `${new URL(exposures.public.testUrl).host} answers${isUnnamed ? "" : ` from ${release?.name}`}, ${targets}`;
}
