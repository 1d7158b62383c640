import { other } from "../../../components/core/colour-name";
import { SCHEDULED_END_MARGIN_MS } from "../../../components/live/keep-warm";
import type { LiveColour } from "../../../components/live/live";
import { concurrently } from "../../core/concurrently";
import type { RunState, StepContext } from "../context";
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
    const found = await concurrently(services, async (name) => ({ name, runs: await isHeld(context, state, name) }));
    const live = held(state.live, Object.fromEntries(found.map(({ name, runs }) => [name, runs])));
    const detail = found.map(({ name, runs }) => {
      const what = `${name} ${other(state.live.services[name]!.active)}`;
      return runs ? `${what} is warm and stays so` : `${what} has ended, or is about to: it is warmed again`;
    });
    return { state: { ...state, live }, detail: detail.join(", ") };
  },
};

/** True if the service's idle colour runs and nothing ends it any more. */
async function isHeld({ scheduledEnds, observer, clock }: StepContext, { live, outputs }: RunState, name: string) {
  const idle = other(live.services[name]!.active);
  const colour = live.services[name]!.colours[idle];
  const ofIdle = outputs.services[name]!.colours[idle];
  await scheduledEnds.cancel(ofIdle.autoScalingGroup);
  const { minimum, inService } = await observer.colour(ofIdle);
  // The action may be running now, although the group still shows nothing of it.
  const isInTime = clock.now() < latestMs(colour);
  // A minimum that followed a schedule may be lower than the live size; that of a group which has ended is 0.
  return isInTime && minimum > 0 && inService >= Math.min(minimum, colour.size);
}

/** Half of the margin between the end of the promise and the action is for the difference of two clocks. Unix milliseconds. */
function latestMs({ until }: LiveColour): number {
  return until! + SCHEDULED_END_MARGIN_MS / 2;
}
