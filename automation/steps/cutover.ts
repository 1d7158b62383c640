import { callOrder } from "../../components/call-order";
import { other } from "../../components/colour-name";
import type { StepAction } from "../context";
import { cutOver } from "../next-live";
import { upTo } from "./up";

/**
 * The idle colours become active: rules on both load balancers, then the records, in one `up`. It ends when the records are in sync. Of services that
 * call each other the callee goes first: a new caller never meets an old callee.
 */
export const cutover: StepAction = async (context, situation, services) => {
  const inOrder = callOrder(context.settings.services).filter((name) => services.includes(name));
  const flips = inOrder.map((name) => {
    const { active } = situation.live.services[name]!;
    return `${name} ${active} -> ${other(active)}`;
  });
  const next = await upTo(
    context,
    situation,
    "cutover",
    cutOver(situation.live, services),
    `cut over ${flips.join(", then ")}`,
  );
  return { situation: next, detail: flips.join(", then ") };
};
