import { other } from "../../../components/core/colour-name";
import { concurrently } from "../../core/concurrently";
import { digestOf } from "../../core/desired-releases";
import { StepFailed } from "../../core/errors";
import { retryTransient } from "../../core/retry-transient";
import { waitUntil } from "../../core/wait-until";
import { checkColour } from "../../observe/check-colour";
import { checkResponses } from "../../observe/check-responses";
import { expectedAnswers } from "../../observe/expected-responses";
import { explainFailure } from "../../observe/explain-failure";
import { union } from "../../ports/checkpoint";
import { isRollback, progressReporter, type RunState, type StepContext } from "../context";
import type { Step } from "../step";
import { verifySteady } from "./verify-steady";

/** The provider's own wait may end before a target group lists the last instance (aws-rules A16): a minute is plenty to catch up. */
const LIMIT_MS = 60_000;

/**
 * The new release runs on every instance. An api's targets are healthy on all its edges and, if it is public, it answers on the test name through every
 * load balancer while production still answers from the old release, unless that was sick from the start; a worker's tasks have run steadily. Services
 * are looked at side by side.
 */
export const verify: Step = {
  name: "verify",
  title: "Verify that the new release is what runs",
  rollbackTitle: "Verify that the release to go back to is what runs",
  plan: ({ ahead, isNotIn, progress }) => ({ services: ahead.filter(isNotIn(progress.verified)) }),
  floorSeconds: ({ services }, settings) =>
    services.some((name) => settings.services[name]!.kind === "worker") ? settings.deploy.steadySeconds : 2,

  async perform(context, state, { services }) {
    const seen = await concurrently(services, async (service) => {
      try {
        if (context.settings.services[service]!.kind === "worker") return await verifySteady(context, state, service);
        return await verifyAnswers(context, state, service);
      } catch (error) {
        if (!(error instanceof StepFailed)) throw error;
        throw await explainFailure(error, context, state, [service]);
      }
    });
    const verified = union(
      state.progress.verified,
      services.map((name) => state.desired[name]!.image),
    );
    return {
      state: { ...state, progress: { ...state.progress, verified } },
      detail: seen.join(", "),
    };
  },
};

async function verifyAnswers(context: StepContext, state: RunState, service: string): Promise<string> {
  const { clock, signal } = context;
  await waitUntil(
    `${service} is not up`,
    retryTransient(() => faultsOf(context, state, service)),
    {
      clock,
      signal,
      limitMs: LIMIT_MS,
      onProgress: progressReporter(context, "verify"),
    },
  );
  return seenOf(state, service);
}

async function faultsOf(
  { settings, observer, httpClient }: StepContext,
  state: RunState,
  service: string,
): Promise<string[]> {
  const { live, outputs } = state;
  const liveService = live.services[service]!;
  const { colours } = outputs.services[service]!;
  const idle = other(liveService.active);
  const { release, size } = liveService.colours[idle];
  const faults = checkColour(colours[idle], await observer.colour(colours[idle]), {
    size,
    digest: digestOf(release!.image),
  });
  if (faults.length > 0) return faults;
  const expected = expectedAnswers(settings.cutover, liveService, outputs.services[service]!, outputs.edges);
  // A release that is being left may answer badly.
  const isLeft = isRollback(state) || state.ignoredUnhealthy.includes(service);
  return checkResponses(httpClient, isLeft ? expected.test : [...expected.test, ...expected.production]);
}

function seenOf({ live, outputs }: RunState, service: string): string {
  const idle = other(live.services[service]!.active);
  const { release, size } = live.services[service]!.colours[idle];
  const { exposures } = outputs.services[service]!;
  const targets = `${size} of ${size} ${idle} targets healthy with its digest`;
  if (!exposures.public) return `${service} ${release?.name} has ${targets}`;
  return `${new URL(exposures.public.testUrl).host} answers from ${release?.name}, ${targets}`;
}
