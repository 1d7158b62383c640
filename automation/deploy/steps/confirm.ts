import { concurrently } from "../../core/concurrently";
import { StepFailed } from "../../core/errors";
import { pollPace } from "../../core/poll-pace";
import { retryTransient } from "../../core/retry-transient";
import { waitUntil } from "../../core/wait-until";
import { checkActiveColour } from "../../observe/check-active-colour";
import { checkAliases } from "../../observe/check-aliases";
import { checkResponses, type Responses } from "../../observe/check-responses";
import { checkRules } from "../../observe/check-rules";
import { expectedResponses } from "../../observe/expected-responses";
import { isRollback, progressReporter, type RunState, type StepContext, withDone } from "../context";
import { resized } from "../live-transitions";
import { SPREAD_LIMIT_MS } from "../spread-limit";
import type { Step } from "../step";

/** One check consists of calls at different moments and can be wrong. After so many failed checks in a row, production does fail. */
const MAX_FAILED_CHECKS = 3;

/**
 * Confirms that the new release runs where production goes and, if it is public, that it answers there through DNS and through the load balancers.
 * Services are checked concurrently.
 */
export const confirm: Step = {
  name: "confirm",
  title: "Confirm that production answers from the new release",
  rollbackTitle: "Confirm that production is back",
  plan: ({ all, hasRelease, isNotDone, changesProduction }) => ({
    services: all.filter((name) => hasRelease(name) && isNotDone("confirm")(name) && changesProduction(name)),
  }),
  floorSeconds: () => 1,

  async perform(context, state, { services }) {
    const { clock, signal } = context;
    const release = isRollback(state) ? "back" : "all new";
    const seen = await concurrently(services, async (service) => {
      const check = productionCheck(context, state, service);
      let isUnnamed = false;
      const look = async () => {
        const heard = await check();
        isUnnamed = heard.isUnnamed;
        return heard.problems;
      };
      await waitUntil(`${service} is not ${release}`, retryTransient(look), {
        clock,
        signal,
        limitMs: SPREAD_LIMIT_MS,
        pace: pollPace(context.settings.deploy.metricPeriodSeconds),
        onProgress: progressReporter(context, "confirm"),
      });
      return seenOf(context, state, service, isUnnamed);
    });
    return {
      state: withDone(state, "confirm", services),
      detail: seen.join(", "),
    };
  },
};

/**
 * Returns a check that lists the problems of a service in production. Records may take their time, but the colour was up before: repeated problems of
 * the colour fail the step. During a rollback they do not, because there is no better release to go to.
 */
function productionCheck(context: StepContext, state: RunState, service: string): () => Promise<Responses> {
  let failedChecks = 0;
  const expected = isRollback(state) ? asCounted(state, service) : state;
  return async () => {
    const { problems, isKnown } = await checkActiveColour(context, expected, service);
    failedChecks = problems.length > 0 && isKnown ? failedChecks + 1 : 0;
    if (failedChecks >= MAX_FAILED_CHECKS && !isRollback(state))
      throw new StepFailed(`${service} fails in production: ${problems.join("; ")}`);
    return problems.length > 0 ? { problems, isUnnamed: false } : productionAnswers(context, state, service);
  };
}

/** The state with no more instances of a service's active colour than there were at the cutover: on a rollback nothing waits for those that a schedule adds. */
function asCounted(state: RunState, service: string): RunState {
  const { active, colours } = state.live.services[service]!;
  const { size } = colours[active];
  const counted = Math.max(1, Math.min(size, state.activeInstances[service] ?? size));
  return { ...state, live: resized(state.live, { [service]: counted }) };
}

async function productionAnswers(context: StepContext, state: RunState, service: string): Promise<Responses> {
  const { settings, observer, httpClient } = context;
  const live = state.live.services[service]!;
  const outputs = state.outputs.services[service]!;
  const { edges } = state.outputs;
  const { production } = expectedResponses(settings.cutover, live, outputs, edges);
  const heard = await checkResponses(httpClient, production, isRollback(state));
  if (heard.problems.length > 0) return heard;
  const rules = settings.cutover === "routed" ? await checkRules(observer, live, outputs) : [];
  // Records are checked last, and only when all else is well: Route 53 takes five requests a second from the whole account (aws-rules R8).
  const problems = rules.length > 0 ? rules : await checkAliases(observer, live.active, service, state.outputs);
  return { ...heard, problems };
}

function seenOf(
  { settings }: StepContext,
  { outputs, desired }: RunState,
  service: string,
  isUnnamed: boolean,
): string {
  const { kind, exposures } = outputs.services[service]!;
  const { name } = desired[service]!;
  if (kind === "job") return `the schedule of ${service} starts ${name}`;
  if (!exposures.public) return `${service} ${kind === "worker" ? "works" : "is healthy"} with ${name}`;
  const through = settings.cutover === "routed" ? "through DNS and both load balancers" : "through DNS";
  const { url, hosts = [] } = exposures.public;
  const { host } = new URL(url);
  const others = hosts.length > 0 ? "; its own hosts lead there, too" : "";
  return isUnnamed
    ? `${host} answers ${through}; its rules lead to ${name}${others}`
    : `${host} answers from ${name} ${through}${others}`;
}
