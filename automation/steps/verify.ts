import { other } from "../../components/colour-name";
import { progressReporter, type Situation, type StepAction, type StepContext } from "../context";
import { StepFailed } from "../deploy-failed";
import { answerFaults } from "../observe/answer-faults";
import { colourFaults } from "../observe/colour-faults";
import { expectedAnswers } from "../observe/expected-answers";
import { explained } from "../observe/explained";
import { until } from "../poll";

/** The provider's own wait may end before a target group lists the last instance (aws-rules A16): a minute is plenty to catch up. */
const LIMIT_MS = 60_000;

/** The new release runs on every instance and answers on the test name, through every load balancer; production still answers from the old one. */
export const verify: StepAction = async (context, situation, services) => {
  const onProgress = progressReporter(context, "verify");
  for (const service of services) {
    try {
      await until(`${service} is not up`, () => faultsOf(context, situation, service), {
        clock: context.clock,
        signal: context.signal,
        limitMs: LIMIT_MS,
        onProgress,
      });
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      throw await explained(error, context, situation, [service]);
    }
  }
  const verified = new Set([...situation.progress.verified, ...services.map((name) => situation.wish[name]!.image)]);
  return {
    situation: { ...situation, progress: { ...situation.progress, verified } },
    detail: services.map((name) => seenOf(situation, name)).join(", "),
  };
};

async function faultsOf(
  { settings, observer, answers }: StepContext,
  situation: Situation,
  service: string,
): Promise<string[]> {
  const live = situation.live.services[service]!;
  const outputs = situation.outputs.services[service]!;
  const { release, size } = live.colours[other(live.active)];
  const wanted = { size, digest: release!.image.slice(release!.image.indexOf("@") + 1) };
  const faults = colourFaults(
    idleOutputs(situation, service),
    await observer.colour(idleOutputs(situation, service)),
    wanted,
  );
  if (faults.length > 0) return faults;
  const expected = expectedAnswers(settings.cutover, live, outputs, situation.outputs.edges);
  return answerFaults(answers, [...expected.test, ...expected.production]);
}

function idleOutputs({ outputs, live }: Situation, service: string) {
  return outputs.services[service]!.colours[other(live.services[service]!.active)];
}

function seenOf({ live, outputs }: Situation, service: string): string {
  const idle = other(live.services[service]!.active);
  const { release, size } = live.services[service]!.colours[idle];
  return `${new URL(outputs.services[service]!.exposures.public!.testUrl).host} answers from ${release?.name}, ${size} of ${size} ${idle} targets healthy with its digest`;
}
