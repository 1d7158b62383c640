import { progressReporter, type StepAction } from "../context";
import { answerFaults } from "../observe/answer-faults";
import { expectedAnswers } from "../observe/expected-answers";
import { until } from "../poll";

/** A record's TTL (60 s): that long a resolver on the way may still lead to the old load balancer. Then 30 s in reserve. */
const LIMIT_MS = 90_000;

/** Production answers from the new release, through DNS and through the load balancers. */
export const confirm: StepAction = async (context, situation, services) => {
  const { settings, answers, clock, signal } = context;
  const onProgress = progressReporter(context, "confirm");
  const asked: string[] = [];
  for (const service of services) {
    const outputs = situation.outputs.services[service]!;
    const { production } = expectedAnswers(
      settings.cutover,
      situation.live.services[service]!,
      outputs,
      situation.outputs.edges,
    );
    await until(`${service} is not all new`, () => answerFaults(answers, production), {
      clock,
      signal,
      limitMs: LIMIT_MS,
      onProgress,
    });
    asked.push(
      `${new URL(outputs.exposures.public!.url).host} answers from ${situation.wish[service]!.name} ${settings.cutover === "routed" ? "through DNS and both load balancers" : "through DNS"}`,
    );
  }
  const confirmed = new Set([...situation.progress.confirmed, ...services.map((name) => situation.wish[name]!.image)]);
  return { situation: { ...situation, progress: { ...situation.progress, confirmed } }, detail: asked.join(", ") };
};
