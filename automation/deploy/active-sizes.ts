import { type Colour, other } from "../../components/core/colour-name";
import type { Live } from "../../components/live/live";
import { isElastic } from "../../components/settings/elastic";
import { hasSchedule, minimumChanges } from "../../components/settings/scheduled-minimum";
import type { ServiceSettings, Settings } from "../../components/settings/settings";
import { concurrently } from "../core/concurrently";
import { firstReadableMs } from "../observe/analysis/periods";
import { untilAnswered } from "../observe/until-answered";
import type { StepName } from "../ports/step-names";
import { isRollback, progressReporter, type RunState, type StepContext } from "./context";
import { resized, withColour } from "./live-transitions";
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
 * Returns the live state of a change of routing in which active colours keep at least the instances that they have now, where the size follows the load. They
 * were without production's requests, or go on with a part of them, and the alarm of a policy counts those minutes without requests (aws-rules W10). On the way
 * back they get as many as the colour has that they take over from, and the number that the schedule says, which they may have missed: what is missing starts
 * at once, and nothing waits for it. A colour of which AWS does not say what it has stays as it is: that must not keep a run from going back.
 * @returns it, and how many instances in service the active colours have, by service
 */
export async function withInstancesKept(
  { settings, observer }: Pick<StepContext, "settings" | "observer">,
  state: Pick<RunState, "outputs" | "command" | "direction">,
  next: Live,
  services: readonly string[],
): Promise<{ live: Live; inService: Record<string, number> }> {
  const elastic = services.filter((name) => {
    const { active, colours } = next.services[name]!;
    return isElastic(settings.services[name]!.size) && colours[active].size > 0;
  });
  const found = await concurrently(elastic, async (name) => {
    const { active, colours } = next.services[name]!;
    const { size } = settings.services[name]!;
    const both = state.outputs.services[name]!.colours;
    const look = (colour: Colour) => observer.colour(both[colour]).catch(() => null);
    const [seen, left] = await Promise.all([look(active), isRollback(state) ? look(other(active)) : null]);
    if (!seen) return [];
    const own = hasSchedule(size) ? seen.minimum : colours[active].size;
    const scheduled = left && isScheduled(size, left.minimum) ? left.minimum : 0;
    const least = Math.max(1, own, scheduled, seen.inService, left?.inService ?? 0);
    // Where the schedule has lowered what Pulumi's state still has, the same number would be no change; one more is lowered when the other colour goes.
    const isNoChange = least > seen.minimum && least === colours[active].size;
    return [{ name, size: isNoChange ? least + 1 : least, inService: seen.inService }];
  });
  const each = found.flat();
  const sizes = Object.fromEntries(each.map(({ name, size }) => [name, size]));
  const inService = Object.fromEntries(each.map((one) => [one.name, one.inService]));
  return { live: { ...resized(next, sizes), serial: next.serial }, inService };
}

/**
 * Returns the live state of a cutover in which no colour that has production's requests loses instances, on the way forward and back.
 * @returns it, and how many instances in service the active colours have on the way back, by service
 */
export async function keptAtCutover(
  context: Pick<StepContext, "settings" | "observer">,
  state: Pick<RunState, "outputs" | "command" | "direction">,
  next: Live,
  services: readonly string[],
): Promise<{ live: Live; inService: Record<string, number> }> {
  if (isRollback(state)) return withInstancesKept(context, state, next, services);
  return { live: await withOldInstancesKept(context, state, next, services), inService: {} };
}

/**
 * Returns the live state of a cutover in which the old colours keep at least the instances that they have now, where the size follows the load: their policies
 * go last in the `up`, and outlive the change of rules for as long as it takes, in one that is killed until the next one. The minimum of a schedule stays as
 * it is, because `followSchedules` reads it. A colour of which AWS does not say what it has stays as it is.
 */
async function withOldInstancesKept(
  { settings, observer }: Pick<StepContext, "settings" | "observer">,
  { outputs }: Pick<RunState, "outputs">,
  next: Live,
  services: readonly string[],
): Promise<Live> {
  const elastic = services.filter((name) => {
    const { active, colours } = next.services[name]!;
    const { size } = settings.services[name]!;
    return isElastic(size) && !hasSchedule(size) && colours[other(active)].size > 0;
  });
  const found = await concurrently(elastic, async (name) => {
    const { active, colours } = next.services[name]!;
    const old = other(active);
    const seen = await observer.colour(outputs.services[name]!.colours[old]).catch(() => null);
    return seen && seen.inService > colours[old].size ? [[name, seen.inService] as const] : [];
  });
  const held = found.flat().map(([name, size]) => {
    const service = next.services[name]!;
    const old = other(service.active);
    return [name, withColour(service, old, { ...service.colours[old], size })] as const;
  });
  return { ...next, services: { ...next.services, ...Object.fromEntries(held) } };
}

/** Whether the schedule gives that minimum at some time of the week. */
function isScheduled(size: ServiceSettings["size"], minimum: number): boolean {
  return minimumChanges(size).some(({ min }) => min === minimum);
}

/**
 * Waits until metrics show a whole period of the load that active colours got with the last change of routing. Before that a lower minimum would let an alarm
 * that still sees their minutes without requests take instances away. Returns whether there was something to wait for.
 */
export async function untilLoadIsSeen(
  context: StepContext,
  { live, progress }: RunState,
  step: StepName,
  services: readonly string[],
): Promise<boolean> {
  const { clock, settings, signal, emit } = context;
  const larger = services.filter((name) => {
    const { active, colours } = live.services[name]!;
    const { size } = settings.services[name]!;
    return isElastic(size) && colours[active].size > size.min;
  });
  const untilMs =
    progress.routedAtMs === null ? 0 : firstReadableMs(progress.routedAtMs, settings.deploy.metricPeriodSeconds);
  const waitMs = untilMs - clock.now();
  if (larger.length === 0 || waitMs <= 0) return false;
  const what = `${larger.join(", ")} ${larger.length === 1 ? "keeps its" : "keep their"} instances`;
  progressReporter(context, step)(`${what} until metrics show the load, in ${Math.ceil(waitMs / 1000)} s`);
  await clock.sleep(waitMs, signal);
  emit({ type: "waited", atMs: clock.now(), step, seconds: waitMs / 1000 });
  return true;
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
 * minimum than the active one was itself warmed since the last time of the schedule, and the active one has the schedule's number; unless the higher one is
 * a number of the schedule, whose time the active colour has missed. One that an interrupted run has taken to 0 says nothing: it went there after the
 * active one had got its number.
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
  if (old!.minimum === 0) return [];
  if (!wasSet && old!.minimum > now!.minimum && !isScheduled(context.settings.services[name]!.size, old!.minimum))
    return [];
  const scheduled = old!.minimum;
  const isThere = now!.minimum === scheduled && size <= scheduled;
  return isThere || size === scheduled ? [] : [[name, scheduled] as const];
}
