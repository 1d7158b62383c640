import { other } from "../../../components/core/colour-name";
import { countOf } from "../../../components/core/count-of";
import { releaseKey } from "../../../components/live/release";
import { hasSchedule } from "../../../components/settings/scheduled-minimum";
import { concurrently } from "../../core/concurrently";
import { untilAnswered } from "../../observe/until-answered";
import { progressReporter, type RunState, type StepContext, withDone, withoutDone } from "../context";
import type { Step } from "../step";
import { verifiedAgainAfter } from "../verify-again";

/** As which the progress has it that a release was warmed again because of its minimum: once, whatever AWS goes on to say. */
const RAISED = "raiseMinimum";

/**
 * Compares the idle colour with the active one, whose number of instances follows the load and may have grown since the idle colour was warmed: a test, an
 * approval and each share of a ramp take time. If it has grown, the idle colour is warmed again, up to the same number, and verified. So it is if a schedule
 * has lowered its minimum meanwhile: the policies that it gets with the cutover count its minutes without requests, and would take instances away (aws-rules W10).
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
    const small = seen.filter(({ wanted, warm }) => wanted > warm);
    const same = seen.filter((one) => !small.includes(one)).map(({ name }) => name);
    const lowered = seen.filter((one) => one.lowered !== null).map(({ name }) => name);
    const activeInstances = Object.fromEntries(small.map(({ name, wanted }) => [name, wanted]));
    // With more instances than are warm the plan has `warm` again, and `verify` has to see the new ones; the others wait for them.
    const unverified =
      small.length > 0
        ? withoutDone(state, "verify", Object.keys(state.desired))
        : verifiedAgainAfter(context.clock.now() - startedMs, state);
    const compared = withDone(withDone(unverified, RAISED, lowered), "matchSize", same);
    return {
      state: { ...compared, activeInstances: { ...state.activeInstances, ...activeInstances } },
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
  /** The minimum that a schedule has set, if it is lower than that; null if not. */
  lowered: number | null;
  /** Instances that the idle colour is to have. */
  wanted: number;
}

async function countsOf(context: StepContext, state: RunState, name: string): Promise<Counts> {
  const { live, outputs, desired, progress } = state;
  const { active, colours } = live.services[name]!;
  const both = outputs.services[name]!.colours;
  const [{ inService }, idle] = await untilAnswered(
    `nobody can say how many instances ${name} has`,
    () => Promise.all([context.observer.colour(both[active]), context.observer.colour(both[other(active)])]),
    context,
    progressReporter(context, "matchSize"),
  );
  const warm = colours[other(active)].size;
  const mayRaise =
    hasSchedule(context.settings.services[name]!.size) && !progress.done[RAISED]?.includes(releaseKey(desired[name]!));
  const lowered = mayRaise && idle.minimum < warm ? idle.minimum : null;
  // Pulumi's state still has what the schedule has lowered, so the same number would be no change.
  return { name, running: inService, warm, lowered, wanted: Math.max(inService, lowered === null ? 0 : warm + 1) };
}

function textOf({ name, running, warm, lowered, wanted }: Counts): string {
  const is = warm === 1 ? "is" : "are";
  if (running > warm)
    return `${name} has grown to ${countOf(running, "instance")}, and ${warm} ${is} warm: the same number comes first`;
  const what = `${countOf(warm, "instance")} of ${name} ${is} warm`;
  return lowered === null
    ? `${what} for ${running} in production`
    : `${what}, and its schedule has lowered their minimum to ${lowered}: a minimum of ${wanted} keeps them through the cutover`;
}
