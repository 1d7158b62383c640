import { COLOURS, type Colour } from "../../../components/core/colour-name";
import type { Live } from "../../../components/live/live";
import type { ServiceOutputs } from "../../../components/live/outputs";
import { callOrder } from "../../../components/settings/call-order";
import type { ProductionRule } from "../../ports/traffic-switch";
import { isRollback, progressReporter, type RunState, type StepContext } from "../context";
import { routed } from "../live-transitions";
import type { Step } from "../step";
import { upTo } from "./up";

/**
 * The idle colours become active: rules on both load balancers, then the records, in one `up`. It ends when the records are in sync. Of services that
 * call each other the callee goes first: a new caller never meets an old callee. A service whose colour is active already is led there again, wholly: an
 * `up` before may have led some of its requests elsewhere.
 *
 * On the way back production's rules are changed first, apart from Pulumi, because each second of a bad release costs requests. The `up` after it asks for
 * the same; should it never come, the journal says that production's ways are not known, and the next command leads them again.
 */
export const cutover: Step = {
  name: "cutover",
  title: "Cut production over",
  rollbackTitle: "Cut production back",
  changesRouting: true,
  plan: ({ ahead, rerouted }) => ({ services: [...ahead, ...rerouted] }),
  floorSeconds: () => 60,
  intend: (_, { live, desired }, { services }) => routed(live, desired, services),
  forecast(service, { live }, after) {
    const { active } = live.services[service]!;
    const next = after.services[service]!.active;
    return next === active ? `${service} wholly to ${next}` : `${service} ${active} -> ${next}`;
  },

  async perform(context, state, { services, intended }) {
    const inOrder = callOrder(context.settings.services).filter((name) => services.includes(name));
    const live = intended!;
    const isActiveAlready = (name: string) => state.live.services[name]!.active === live.services[name]!.active;
    const flips = inOrder.map((name) => {
      const { active } = live.services[name]!;
      return isActiveAlready(name)
        ? `${name} wholly to ${active}`
        : `${name} ${state.live.services[name]!.active} -> ${active}`;
    });
    if (isRollback(state)) await routeProduction(context, state, live, inOrder);
    const next = await upTo(context, state, "cutover", live, `cut over ${flips.join(", then ")}`);
    return {
      state: { ...next, progress: { ...next.progress, routedAtMs: context.clock.now() } },
      detail: flips.join(", then "),
    };
  },
};

/** Best effort: what it cannot change the `up` does. With records alone (`cutover: dns`) no rule ever changes. */
async function routeProduction(
  context: StepContext,
  { outputs }: RunState,
  live: Live,
  services: readonly string[],
): Promise<void> {
  if (context.settings.cutover !== "routed") return;
  const led: string[] = [];
  for (const name of services) {
    const rules = productionRules(outputs.services[name]!, live.services[name]!.active);
    if (rules.length === 0) continue;
    try {
      await Promise.all(rules.map((rule) => context.trafficSwitch.route(rule)));
      led.push(name);
    } catch (error) {
      progressReporter(context, "cutover")(`${name} could not be led back at once: ${(error as Error).message}`);
    }
  }
  if (led.length > 0) context.emit({ type: "routed", atMs: context.clock.now(), services: led });
}

/** All of production's requests. */
const ALL = 100;

/** The rules of a service's production name, on all load balancers, as they lead to one colour alone. Empty for a worker. */
function productionRules({ exposures, colours }: ServiceOutputs, to: Colour): ProductionRule[] {
  return Object.entries(exposures).flatMap(([edge, { productionRules }]) =>
    COLOURS.flatMap((side): ProductionRule[] => {
      const arn = productionRules?.[side];
      if (arn === undefined) return [];
      const targetGroups = COLOURS.flatMap((colour) =>
        colours[colour].targetGroups
          .filter((group) => group.edge === edge && group.loadBalancer === side)
          .map((group) => ({ arn: group.arn, weight: colour === to ? ALL : 0 })),
      );
      return [{ arn, targetGroups }];
    }),
  );
}
