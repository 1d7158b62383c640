import { other } from "../../../components/core/colour-name";
import { SCHEDULED_END_MARGIN_MS } from "../../../components/live/keep-warm";
import type { LiveColour } from "../../../components/live/live";
import { concurrently } from "../../core/concurrently";
import { idleOutputs } from "../../observe/active-state";
import { untilAnswered } from "../../observe/until-answered";
import { progressReporter, type RunState, type StepContext, withoutDone } from "../context";
import { held } from "../live-transitions";
import type { Step } from "../step";

/**
 * Makes sure of an idle colour that is kept warm with the release that the run goes to: takes the scheduled action away that
 * would end it, and looks at what its Auto Scaling group has. Apart from Pulumi, because on a rollback production waits, and
 * because the action may come before an `up` does. The next `up` takes the action out of the stack as well.
 *
 * A colour that is on its way to 0 counts as one whose time is over: it is retired to its end, and warmed again.
 */
export const holdWarm: Step = {
  name: "holdWarm",
  title: "Take what is kept warm into use",
  plan: ({ toHold }) => ({ services: toHold }),
  floorSeconds: () => 1,

  async perform(context, state, { services }) {
    const report = progressReporter(context, "holdWarm");
    let reached = state;
    await concurrently(services, async (name) => {
      const { autoScalingGroup } = idleOutputs(state, name);
      const what = `the action that ends ${autoScalingGroup} is not taken away`;
      await untilAnswered(what, () => context.scheduledEnds.cancel(autoScalingGroup), context, report);
      // From here on the next `up` has to see to it, also one that takes this run back.
      reached = { ...reached, live: held(reached.live, { [name]: true }) };
      context.onReached(reached);
    });
    const found = await concurrently(services, async (name) => ({ name, runs: await isRunning(context, state, name) }));
    const live = held(state.live, Object.fromEntries(found.map(({ name, runs }) => [name, runs])));
    const ended = found.flatMap(({ name, runs }) => (runs ? [] : [name]));
    const detail = found.map(({ name, runs }) => {
      const what = `${name} ${other(state.live.services[name]!.active)}`;
      return runs ? `${what} is warm and stays so` : `${what} has ended, or is about to: it is warmed again`;
    });
    // Preflight has seen them run.
    return { state: { ...withoutDone(state, "verify", ended), live }, detail: detail.join(", ") };
  },
};

/** True if the service's idle colour runs, which nothing ends any more. */
async function isRunning(context: StepContext, state: RunState, name: string): Promise<boolean> {
  const { active, colours } = state.live.services[name]!;
  const colour = colours[other(active)];
  const { minimum, inService } = await untilAnswered(
    `nobody can say whether what is kept warm of ${name} still runs`,
    () => context.observer.colour(idleOutputs(state, name)),
    context,
    progressReporter(context, "holdWarm"),
  );
  // The action may be running now, although the group still shows nothing of it.
  const isInTime = context.clock.now() < latestMs(colour);
  // A minimum that followed a schedule may be lower than the live size; that of a group which has ended is 0.
  return isInTime && minimum > 0 && inService >= Math.min(minimum, colour.size);
}

/** Half of the margin between the end of the promise and the action is for the difference of two clocks. Unix milliseconds. */
function latestMs({ until }: LiveColour): number {
  return until! + SCHEDULED_END_MARGIN_MS / 2;
}
