import type { Colour } from "../../../components/core/colour-name";
import type { Live } from "../../../components/live/live";
import { callOrder } from "../../../components/settings/call-order";
import { productionRules } from "../../observe/production-rules";
import { keptAtCutover } from "../active-sizes";
import { isRollback, progressReporter, type RunState, type StepContext } from "../context";
import { routed } from "../live-transitions";
import type { Step } from "../step";
import { upTo } from "../up";

/**
 * Makes the idle colours active in one `up`: first the rules on both load balancers, then the records. It ends when the records are in sync. A callee goes
 * before its caller, so a new caller never meets an old callee. A service whose colour is active already is routed there again, wholly, because an earlier
 * `up` may have routed some of its requests elsewhere.
 *
 * On a rollback the step changes production's rules first, apart from Pulumi, because each second of a bad release costs requests, and a caller's before its
 * callee's, for the same reason. The `up` after it asks for the same. If that `up` never comes, the journal says that production's routing is not known, and
 * the next command routes it again.
 */
export const cutover: Step = {
  name: "cutover",
  title: "Cut production over",
  rollbackTitle: "Cut production back",
  changesRouting: true,
  plan: ({ ahead, rerouted }) => ({ services: [...ahead, ...rerouted] }),
  floorSeconds: () => 60,
  intend: (_, { live, desired }, { services }) => routed(live, desired, services),
  forecast: flipOf,

  async perform(context, state, { services, intended }) {
    const calleesFirst = callOrder(context.settings.services).filter((name) => services.includes(name));
    const inOrder = isRollback(state) ? calleesFirst.toReversed() : calleesFirst;
    const live = intended!;
    const flips = inOrder.map((name) => flipOf(name, state, live));
    if (isRollback(state)) await routeProduction(context, state, live, inOrder);
    const kept = await keptAtCutover(context, state, live, services);
    const next = await upTo(context, state, "cutover", kept.live, `cut over ${flips.join(", then ")}`);
    const activeInstances = { ...state.activeInstances, ...kept.inService };
    return {
      state: { ...next, activeInstances, progress: { ...next.progress, routedAtMs: context.clock.now() } },
      detail: flips.join(", then "),
    };
  },
};

/** `users blue -> green`; `users wholly to green` for a service whose active colour stays and gets all requests again. */
function flipOf(service: string, { live }: Pick<RunState, "live">, after: Live): string {
  const { active } = live.services[service]!;
  const next = after.services[service]!.active;
  return next === active ? `${service} wholly to ${next}` : `${service} ${active} -> ${next}`;
}

/** Changes production's rules at once. A rule that cannot be changed is left to the `up`. With `cutover: dns` no rule ever changes. */
async function routeProduction(
  context: StepContext,
  { outputs }: RunState,
  live: Live,
  services: readonly string[],
): Promise<void> {
  if (context.settings.cutover !== "routed") return;
  const to: Record<string, Colour> = {};
  for (const name of services) {
    const rules = productionRules(outputs.services[name]!, live.services[name]!.active);
    if (rules.length === 0) continue;
    try {
      await Promise.all(rules.map((rule) => context.trafficSwitch.route(rule)));
      to[name] = live.services[name]!.active;
    } catch (error) {
      progressReporter(context, "cutover")(`${name} could not be routed back at once: ${(error as Error).message}`);
    }
  }
  const routed = Object.keys(to);
  if (routed.length > 0) context.emit({ type: "routed", atMs: context.clock.now(), services: routed, to });
}
