import { other } from "../../../components/core/colour-name";
import { countOf } from "../../../components/core/count-of";
import { concurrently } from "../../core/concurrently";
import { untilAnswered } from "../../observe/until-answered";
import { progressReporter, type RunState, type StepContext, withDone, withoutDone } from "../context";
import type { Step } from "../step";
import { verifiedAgainAfter } from "../verify-again";

/**
 * Compares the idle colour with the active one, whose number of instances follows the load and may have grown since the idle colour was warmed: a test, an
 * approval and each share of a ramp take time. If it has grown, the idle colour is warmed again, up to the same number, and verified.
 */
export const matchSize: Step = {
  name: "matchSize",
  title: "Compare the new release's instances with production's",
  plan: ({ isRollback, ahead, followsLoad, hasProduction, isNotDone }) => ({
    services: isRollback
      ? []
      : ahead.filter((name) => followsLoad(name) && hasProduction(name) && isNotDone("matchSize")(name)),
  }),
  floorSeconds: () => 1,

  async perform(context, state, { services }) {
    const startedMs = context.clock.now();
    const seen = await concurrently(services, (name) => countsOf(context, state, name));
    const grown = seen.filter(({ running, warm }) => running > warm);
    const same = seen.filter((one) => !grown.includes(one)).map(({ name }) => name);
    const activeInstances = Object.fromEntries(grown.map(({ name, running }) => [name, running]));
    // With more instances than are warm the plan has `warm` again, and `verify` has to see the new ones; the others wait for them.
    const unverified =
      grown.length > 0
        ? withoutDone(state, "verify", Object.keys(state.desired))
        : verifiedAgainAfter(context.clock.now() - startedMs, state);
    return {
      state: withDone(
        { ...unverified, activeInstances: { ...state.activeInstances, ...activeInstances } },
        "matchSize",
        same,
      ),
      detail: seen.map(textOf).join(", "),
    };
  },
};

interface Counts {
  name: string;
  /** Instances of the active colour that are in service. */
  running: number;
  /** Instances of the idle colour. */
  warm: number;
}

async function countsOf(context: StepContext, { live, outputs }: RunState, name: string): Promise<Counts> {
  const { active, colours } = live.services[name]!;
  const { inService } = await untilAnswered(
    `nobody can say how many instances ${name} has`,
    () => context.observer.colour(outputs.services[name]!.colours[active]),
    context,
    progressReporter(context, "matchSize"),
  );
  return { name, running: inService, warm: colours[other(active)].size };
}

function textOf({ name, running, warm }: Counts): string {
  return running > warm
    ? `${name} has grown to ${countOf(running, "instance")}, and ${warm} ${warm === 1 ? "is" : "are"} warm: the same number comes first`
    : `${countOf(warm, "instance")} of ${name} ${warm === 1 ? "is" : "are"} warm for ${running} in production`;
}
