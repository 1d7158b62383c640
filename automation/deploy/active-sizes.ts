import { other } from "../../components/core/colour-name";
import type { Live } from "../../components/live/live";
import { isElastic } from "../../components/settings/elastic";
import { hasSchedule } from "../../components/settings/scheduled-minimum";
import type { Settings } from "../../components/settings/settings";
import { concurrently } from "../core/concurrently";
import { untilAnswered } from "../observe/until-answered";
import { progressReporter, type RunState, type StepContext } from "./context";
import { resized } from "./live-transitions";
import { upTo } from "./up";

/** How often minimums are looked at. Times of a schedule are minutes apart, and an `up` takes seconds. */
const MOST_LOOKS = 3;

/**
 * The sizes of active colours once there is nothing to go back to within seconds, by service. Where the size follows the load, the colour may shrink to `min`
 * again: what it really runs is left to the load. Where the minimum has a schedule, `followSchedules` sees to it.
 */
export function activeSizes(settings: Settings, live: Live, services: readonly string[]): Record<string, number> {
  const scaling = services.flatMap((name) => {
    const { size } = settings.services[name]!;
    const { active, colours } = live.services[name]!;
    return isElastic(size) && !hasSchedule(size) && colours[active].size > 0 ? [[name, size.min] as const] : [];
  });
  return Object.fromEntries(scaling);
}

/**
 * Gives active colours the minimum that their schedules say now: since such a colour was warmed it is the number that it was warmed with. The schedule
 * changes both colours' groups at the same time, so the old one's has its number. It is looked at again after each `up`, because a time of the schedule
 * may have come meanwhile.
 */
export async function followSchedules(
  context: StepContext,
  start: RunState,
  step: string,
  services: readonly string[],
): Promise<RunState> {
  const scheduled = services.filter((name) => hasSchedule(context.settings.services[name]!.size));
  let state = start;
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const found = await concurrently(scheduled, (name) => scheduledSize(context, step, state, name, looks > 0));
    const sizes = Object.fromEntries(found.flat());
    const names = Object.keys(sizes);
    if (names.length === 0) return state;
    const message = `let ${names.join(", ")} follow ${names.length === 1 ? "its schedule" : "their schedules"} again`;
    state = await upTo(context, state, step, resized(state.live, sizes), message);
  }
  return state;
}

/**
 * Returns the service with the minimum that its schedule says, or nothing if its active colour has it. Before anything was set, an old colour with a higher
 * minimum than the active one was itself warmed since the last time of the schedule, and the active one has the schedule's number.
 */
async function scheduledSize(
  context: StepContext,
  step: string,
  { live, outputs }: RunState,
  name: string,
  wasSet: boolean,
) {
  const { active, colours } = live.services[name]!;
  const { size } = colours[active];
  if (size === 0 || colours[other(active)].size === 0) return [];
  const both = outputs.services[name]!.colours;
  const [now, old] = await untilAnswered(
    `nobody can say which minimum ${name} has`,
    () => Promise.all([both[active], both[other(active)]].map((colour) => context.observer.colour(colour))),
    context,
    progressReporter(context, step),
  );
  if (!wasSet && old!.minimum > now!.minimum) return [];
  const scheduled = Math.max(1, old!.minimum);
  const isThere = now!.minimum === scheduled && size <= scheduled;
  return isThere || size === scheduled ? [] : [[name, scheduled] as const];
}
