import { concurrently } from "../../core/concurrently";
import { StepFailed } from "../../core/errors";
import { retryTransient } from "../../core/retry-transient";
import { waitUntil } from "../../core/wait-until";
import { checkActiveColour } from "../../observe/check-active-colour";
import { checkAliases } from "../../observe/check-aliases";
import { checkResponses } from "../../observe/check-responses";
import { expectedAnswers } from "../../observe/expected-responses";
import { union } from "../../ports/checkpoint";
import { isRollback, progressReporter, type RunState, type StepContext } from "../context";
import type { Step } from "../step";

/** A record's TTL (60 s): that long a resolver on the way may still lead to the old load balancer. Then 30 s in reserve. */
const LIMIT_MS = 90_000;
/** The calls of one look are not of one moment; a colour that fails so often in a row does fail, and production with it. */
const SICK_LOOKS = 3;

/** The new release runs where production goes and, if it is public, answers there through DNS and through the load balancers. Side by side. */
export const confirm: Step = {
  name: "confirm",
  title: "Confirm that production answers from the new release",
  rollbackTitle: "Confirm that production is back",
  plan: ({ all, hasRelease, isNotIn, changesProduction, progress }) => ({
    services: all.filter((name) => hasRelease(name) && isNotIn(progress.confirmed)(name) && changesProduction(name)),
  }),
  floorSeconds: () => 1,

  async perform(context, state, { services }) {
    const { clock, signal } = context;
    const release = isRollback(state) ? "back" : "all new";
    const seen = await concurrently(services, async (service) => {
      await waitUntil(`${service} is not ${release}`, retryTransient(lookAt(context, state, service)), {
        clock,
        signal,
        limitMs: LIMIT_MS,
        onProgress: progressReporter(context, "confirm"),
      });
      return seenOf(context, state, service);
    });
    const confirmed = union(
      state.progress.confirmed,
      services.map((name) => state.desired[name]!.image),
    );
    return {
      state: { ...state, progress: { ...state.progress, confirmed } },
      detail: seen.join(", "),
    };
  },
};

/** Records may take their time, the colour was up before. On the way back there is nothing better to turn to. */
function lookAt(context: StepContext, state: RunState, service: string): () => Promise<string[]> {
  let sick = 0;
  return async () => {
    const faults = await checkActiveColour(context, state, service);
    sick = faults.length > 0 ? sick + 1 : 0;
    if (sick >= SICK_LOOKS && !isRollback(state))
      throw new StepFailed(`${service} fails in production: ${faults.join("; ")}`);
    return faults.length > 0 ? faults : faultsOfAnswers(context, state, service);
  };
}

async function faultsOfAnswers(
  { settings, observer, httpClient }: StepContext,
  { live, outputs }: RunState,
  service: string,
): Promise<string[]> {
  const { production } = expectedAnswers(
    settings.cutover,
    live.services[service]!,
    outputs.services[service]!,
    outputs.edges,
  );
  const heard = await checkResponses(httpClient, production);
  // Asked last, and only when all else is well: Route 53 takes five requests a second from the whole account (aws-rules R8).
  const { active } = live.services[service]!;
  return heard.length > 0 ? heard : checkAliases(observer, active, outputs.services[service]!, outputs.edges);
}

function seenOf({ settings }: StepContext, { outputs, desired }: RunState, service: string): string {
  const { kind, exposures } = outputs.services[service]!;
  const { name } = desired[service]!;
  if (!exposures.public) return `${service} ${kind === "worker" ? "works" : "is healthy"} with ${name}`;
  const through = settings.cutover === "routed" ? "through DNS and both load balancers" : "through DNS";
  return `${new URL(exposures.public.url).host} answers from ${name} ${through}`;
}
