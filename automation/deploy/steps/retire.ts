import { other } from "../../../components/core/colour-name";
import type { Live } from "../../../components/live/live";
import type { ColourOutputs } from "../../../components/live/outputs";
import { configurationOfRelease } from "../../../components/live/release";
import { drainsTasks } from "../../../components/settings/drains-tasks";
import type { Settings } from "../../../components/settings/settings";
import { longestStop } from "../../../components/settings/stop-time";
import { pollPace } from "../../core/poll-pace";
import { retryTransient } from "../../core/retry-transient";
import { waitUntil } from "../../core/wait-until";
import type { ObservedInstance } from "../../ports/observer";
import { progressReporter, type RunState, type StepContext } from "../context";
import { retired } from "../live-transitions";
import type { IntendedWork, Step, Work } from "../step";
import { activeSizes, followSchedules } from "./active-sizes";
import { idleSizes, upTo } from "./up";

/**
 * Limit on top of what the settings let an instance take to end. The provider's wait ends when nothing is in service; then Auto Scaling waits for the whole
 * deregistration delay, and ECS for the tasks (aws-rules A9, A18, C27).
 */
const LIMIT_MS = 120_000;
/** Agents disconnect and connect again in normal operation, within seconds; one that stays away as long as this is lost. */
const LOST_AGENT_MS = 30_000;
/** AWS seconds that an instance takes from its drained tasks to its end, by what rehearsals assume of EC2. */
const POWER_OFF_SECONDS = 30;

/** Takes the old colours to 0. They keep their release, which a rollback needs. */
export const retire: Step = {
  name: "retire",
  title: "Retire the old colour",
  plan: ({ isRollback, replaced, isKept, toKeepWarm, toEnd }) => ({
    services: isRollback ? [] : [...replaced.filter((name) => !isKept(name) && !toKeepWarm.includes(name)), ...toEnd],
  }),
  floorSeconds: ({ services }, settings) =>
    services.every((name) => settings.services[name]!.kind === "job")
      ? 1
      : POWER_OFF_SECONDS + Math.max(30, ...services.map((name) => leastSeconds(settings, name))),
  intend: retiredLive,
  forecast: (service, state, after, _, settings) =>
    `${idleSizes(service, state, after)}${streamsText(settings, service)}`,
  perform: (context, state, work) => toZero("retire", context, state, work),
};

/** The same for the release of another run that is still on the idle colour. */
export const retireOccupied: Step = { ...retire, plan: ({ occupied }) => ({ services: occupied }) };

/** On a rollback: takes the colour that is idle again to 0. */
export const coolDown: Step = {
  ...retire,
  name: "coolDown",
  title: "Take the idle colour back to 0",
  plan: ({ isRollback, replaced, isKept, toEnd }) => ({
    services: isRollback ? [...replaced.filter((name) => !isKept(name)), ...toEnd] : [],
  }),
  perform: (context, state, work) => toZero("coolDown", context, state, work),
};

/** The live state with the idle colours at 0. */
function retiredLive({ settings }: Pick<StepContext, "settings">, { live }: RunState, { services }: Work): Live {
  return retired(live, services, activeSizes(settings, live, services));
}

/** A worker is on no load balancer. */
function deregistrationSeconds({ services }: Settings, name: string): number {
  const { kind, deregistrationDelaySeconds } = services[name]!;
  return kind === "api" ? deregistrationDelaySeconds : 0;
}

/**
 * The least time for which the instances of a service stay. Tasks that are drained end with their last open stream; AWS's
 * load balancers would say `draining` for the whole delay (aws-rules E37).
 */
function leastSeconds(settings: Settings, name: string): number {
  return drainsTasks(settings.services[name]!) ? 0 : deregistrationSeconds(settings, name);
}

/**
 * True if the tasks of a service's old colour get SIGTERM now, and the step waits for their end and not for that of the
 * instances. A release that was deployed before the service had `streams` has a shorter stop timeout, which would cut its
 * streams: the load balancers alone let those live.
 */
function endsByTasks(settings: Settings, { services }: Live, name: string): boolean {
  const service = settings.services[name]!;
  const { active, colours } = services[name]!;
  const { release } = colours[other(active)];
  const stopTimeout = (release && configurationOfRelease(release)?.stopTimeoutSeconds) ?? 0;
  return drainsTasks(service) && stopTimeout >= service.streams!.withinSeconds;
}

function streamsText({ services }: Settings, name: string): string {
  const { streams } = services[name]!;
  if (!streams) return "";
  const { withinSeconds } = streams;
  return withinSeconds === 0 ? "; cuts open streams" : `; open streams may go on for up to ${withinSeconds} s`;
}

/** Seconds that the settings let the slowest instance take to end. */
function endSeconds(settings: Settings, services: readonly string[]): number {
  return Math.max(
    ...services.map((name) => longestStop(settings.services[name]!) + deregistrationSeconds(settings, name)),
  );
}

async function toZero(step: string, context: StepContext, state: RunState, { services, intended }: IntendedWork) {
  const colours = services.map((name) => ({ name, colour: other(state.live.services[name]!.active) }));
  const what = colours.map(({ name, colour }) => `${name} ${colour}`).join(", ");
  const following = await followSchedules(context, state, step, services);
  const live = following === state ? intended! : retiredLive(context, following, { services });
  const next = await upTo(context, following, step, live, `take ${what} to 0`);
  const { clock, signal, settings } = context;
  const upEndedMs = clock.now();
  const idle = colours.map(
    ({ name, colour }) =>
      new IdleColour(name, next.outputs.services[name]!.colours[colour], endsByTasks(settings, state.live, name)),
  );
  await waitUntil(
    `the ${step === "retire" ? "old" : "idle"} colour is not gone`,
    retryTransient(async () => {
      const left = await Promise.all(idle.map((one) => one.left(context)));
      return left.flat();
    }),
    {
      clock,
      signal,
      limitMs: LIMIT_MS + endSeconds(settings, services) * 1000,
      pace: pollPace(settings.deploy.metricPeriodSeconds),
      onProgress: progressReporter(context, step),
    },
  );
  context.emit({ type: "waited", atMs: clock.now(), step, seconds: (clock.now() - upEndedMs) / 1000 });
  const emptied = idle.filter(({ hasInstances }) => hasInstances).map(({ service }) => service);
  const held = idle.flatMap((one) => one.held);
  const note =
    held.length === 0
      ? ""
      : `; ${held.join(", ")} lost the ECS agent and ${held.length === 1 ? "ends" : "end"} by Auto Scaling within an hour, without traffic`;
  const rest =
    emptied.length === 0
      ? ""
      : `; the tasks of ${emptied.join(", ")} have ended, and their instances end by themselves`;
  return { state: next, detail: `${what} ${colours.length === 1 ? "is" : "are"} at 0${rest}${note}` };
}

/**
 * What is left of a colour at size 0. It is gone when its Auto Scaling group has no instance and its target groups have no target: ECS may go on to list
 * tasks of instances that are gone (aws-rules C23).
 */
class IdleColour {
  /** Instances without traffic that Auto Scaling holds until an agent answers that is lost (aws-rules C28). Nothing waits for them. */
  held: string[] = [];
  /** Whether a colour whose tasks end before its instances still had some of these at the end. */
  hasInstances = false;
  #isTold = false;
  #lostSinceMs = new Map<string, number>();

  constructor(
    readonly service: string,
    private readonly outputs: ColourOutputs,
    private readonly endsByTasks: boolean,
  ) {}

  /** Returns what there is to wait for, one line each. */
  async left({ observer, clock, settings, taskDrain }: StepContext): Promise<string[]> {
    // A run of a job that goes on is not stopped: it ends by itself, and nothing waits for it.
    if (settings.services[this.service]!.kind === "job") return [];
    // After the `up`: the instances are being deregistered, so that no health check notices a task that listens no more.
    if (this.endsByTasks && !this.#isTold) await taskDrain.begin(this.outputs.cluster);
    this.#isTold = true;
    const { instances, targets, tasks } = await observer.colour(this.outputs);
    const nowMs = clock.now();
    const isLost = ({ agent, state }: ObservedInstance) => agent === "disconnected" && state === "Terminating:Wait";
    const lost = instances.filter(isLost).map(({ id }) => id);
    this.#lostSinceMs = new Map(lost.map((id) => [id, this.#lostSinceMs.get(id) ?? nowMs]));
    // The tasks of a worker take jobs as long as they run.
    const mayBeHeld = settings.services[this.service]!.kind === "api" && targets.length === 0;
    this.held = mayBeHeld ? lost.filter((id) => nowMs - this.#lostSinceMs.get(id)! >= LOST_AGENT_MS) : [];
    const present = instances.filter(({ id }) => !this.held.includes(id));
    if (this.endsByTasks) {
      this.hasInstances = instances.length > 0;
      const busy = present.filter(({ id }) => tasks.some(({ instanceId }) => instanceId === id));
      return busy.map(({ id }) => `the task on ${id} still has open streams or requests`);
    }
    return [
      ...targets.map(({ instanceId, state }) => `target ${instanceId} is still ${state}`),
      ...present.map((instance) =>
        [
          `instance ${instance.id} is still ${instance.state}`,
          ...(isLost(instance) ? ["its agent is disconnected"] : []),
        ].join(", "),
      ),
    ];
  }
}
