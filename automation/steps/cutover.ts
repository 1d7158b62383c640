import { callOrder } from "../../components/call-order";
import type { StepAction } from "../context";
import { routed } from "../next-live";
import { upTo } from "./up";

/**
 * The idle colours become active: rules on both load balancers, then the records, in one `up`. It ends when the records are in sync. Of services that
 * call each other the callee goes first: a new caller never meets an old callee. A service whose colour is active already is led there again, wholly: an
 * `up` before may have led some of its requests elsewhere.
 */
export const cutover: StepAction = async (context, situation, services) => {
  const inOrder = callOrder(context.settings.services).filter((name) => services.includes(name));
  const live = routed(situation.live, situation.wish, services);
  const flips = inOrder.map((name) => {
    const [was, is] = [situation.live.services[name]!.active, live.services[name]!.active];
    return was === is ? `${name} wholly to ${is}` : `${name} ${was} -> ${is}`;
  });
  const next = await upTo(context, situation, "cutover", live, `cut over ${flips.join(", then ")}`);
  return {
    situation: { ...next, progress: { ...next.progress, routedAtMs: context.clock.now() } },
    detail: flips.join(", then "),
  };
};
