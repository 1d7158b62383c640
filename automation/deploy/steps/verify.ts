import { other } from "../../../components/core/colour-name";
import { sideBySide } from "../../core/concurrently";
import { digestOf } from "../../core/desired-releases";
import { StepFailed } from "../../core/errors";
import { patient } from "../../core/retry-transient";
import { until } from "../../core/wait-until";
import { colourFaults } from "../../observe/check-colour";
import { answerFaults } from "../../observe/check-responses";
import { expectedAnswers } from "../../observe/expected-responses";
import { explained } from "../../observe/explain-failure";
import { isReturn, progressReporter, type Situation, type StepAction, type StepContext } from "../context";
import { verifySteady } from "./verify-steady";

/** The provider's own wait may end before a target group lists the last instance (aws-rules A16): a minute is plenty to catch up. */
const LIMIT_MS = 60_000;

/**
 * The new release runs on every instance. An api's targets are healthy on all its edges and, if it is public, it answers on the test name through every
 * load balancer while production still answers from the old release, unless that was sick from the start; a worker's tasks have run steadily. Services
 * are looked at side by side.
 */
export const verify: StepAction = async (context, situation, services) => {
  const seen = await sideBySide(services, async (service) => {
    try {
      if (context.settings.services[service]!.kind === "worker") return await verifySteady(context, situation, service);
      return await verifyAnswers(context, situation, service);
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      throw await explained(error, context, situation, [service]);
    }
  });
  const verified = new Set([...situation.progress.verified, ...services.map((name) => situation.wish[name]!.image)]);
  return {
    situation: { ...situation, progress: { ...situation.progress, verified } },
    detail: seen.join(", "),
  };
};

async function verifyAnswers(context: StepContext, situation: Situation, service: string): Promise<string> {
  const { clock, signal } = context;
  await until(
    `${service} is not up`,
    patient(() => faultsOf(context, situation, service)),
    {
      clock,
      signal,
      limitMs: LIMIT_MS,
      onProgress: progressReporter(context, "verify"),
    },
  );
  return seenOf(situation, service);
}

async function faultsOf(
  { settings, observer, answers }: StepContext,
  situation: Situation,
  service: string,
): Promise<string[]> {
  const { live, outputs } = situation;
  const state = live.services[service]!;
  const { colours } = outputs.services[service]!;
  const idle = other(state.active);
  const { release, size } = state.colours[idle];
  const faults = colourFaults(colours[idle], await observer.colour(colours[idle]), {
    size,
    digest: digestOf(release!.image),
  });
  if (faults.length > 0) return faults;
  const expected = expectedAnswers(settings.cutover, state, outputs.services[service]!, outputs.edges);
  // A release that is being left may answer badly.
  const isLeft = isReturn(situation) || situation.ignoredUnhealthy.includes(service);
  return answerFaults(answers, isLeft ? expected.test : [...expected.test, ...expected.production]);
}

function seenOf({ live, outputs }: Situation, service: string): string {
  const idle = other(live.services[service]!.active);
  const { release, size } = live.services[service]!.colours[idle];
  const { exposures } = outputs.services[service]!;
  const targets = `${size} of ${size} ${idle} targets healthy with its digest`;
  if (!exposures.public) return `${service} ${release?.name} has ${targets}`;
  return `${new URL(exposures.public.testUrl).host} answers from ${release?.name}, ${targets}`;
}
