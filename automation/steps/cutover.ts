import { other } from "../../components/colour-name";
import type { StepAction } from "../context";
import { cutOver } from "../next-live";
import { upTo } from "./up";

/** The idle colours become active: rules on both load balancers, then the records, in one `up`. It ends when the records are in sync. */
export const cutover: StepAction = async (context, situation, services) => {
  const flips = services.map((name) => {
    const { active } = situation.live.services[name]!;
    return `${name} ${active} -> ${other(active)}`;
  });
  const next = await upTo(
    context,
    situation,
    "cutover",
    cutOver(situation.live, services),
    `cut over ${flips.join(", ")}`,
  );
  return { situation: next, detail: flips.join(", ") };
};
