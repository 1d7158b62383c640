import { other } from "../../../components/core/colour-name";
import type { Live } from "../../../components/live/live";
import { concurrently } from "../../core/concurrently";
import { pollPace } from "../../core/poll-pace";
import { retryTransient } from "../../core/retry-transient";
import { waitUntil } from "../../core/wait-until";
import { activeSizes, followSchedules, untilLoadIsSeen } from "../active-sizes";
import { progressReporter, type RunState, type StepContext } from "../context";
import { endSeconds, endsByTasks, leastSeconds, streamsText } from "../end-times";
import { IdleColour, restText } from "../idle-colour";
import { retired } from "../live-transitions";
import type { IntendedWork, Step, Work } from "../step";
import { stopMigrations, stoppedText } from "../stop-migrations";
import { idleSizes, upTo } from "../up";

/**
 * Limit on top of what the settings let an instance take to end. The provider's wait ends when nothing is in service; then Auto Scaling waits for the whole
 * deregistration delay, tells ECS, which waits for the tasks, and EC2 shuts the instance down, all one after the other (aws-rules A9, A18, C27). Without a
 * delay that was seen to take up to four minutes (awslabs/amazon-eks-ami#66); production does not wait for it.
 */
const LIMIT_MS = 600_000;
/** AWS seconds that an instance usually takes at least from the end of its tasks until it is gone. */
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

async function toZero(step: string, context: StepContext, state: RunState, { services, intended }: IntendedWork) {
  const colours = services.map((name) => ({ name, colour: other(state.live.services[name]!.active) }));
  const what = colours.map(({ name, colour }) => `${name} ${colour}`).join(", ");
  await untilLoadIsSeen(context, state, step, services);
  const following = await followSchedules(context, state, step, services);
  const live = following === state ? intended! : retiredLive(context, following, { services });
  const stopLeft = () => (step === "coolDown" ? stopMigrations(context, state, services) : []);
  const left = await stopLeft();
  const next = await upTo(context, following, step, live, `take ${what} to 0`);
  // ECS may list late what it has just started.
  const late = await stopLeft();
  const { clock, signal, settings } = context;
  const upEndedMs = clock.now();
  const idle = colours.map(
    ({ name, colour }) =>
      new IdleColour(name, next.outputs.services[name]!.colours[colour], endsByTasks(settings, state.live, name)),
  );
  await waitUntil(
    `the ${step === "retire" ? "old" : "idle"} colour is not gone`,
    retryTransient(async () => {
      const left = await concurrently(idle, (one) => one.left(context));
      return left.flat();
    }),
    {
      clock,
      signal,
      limitMs: LIMIT_MS + endSeconds(settings, state.live, services) * 1000,
      pace: pollPace(settings.deploy.metricPeriodSeconds, { services: services.length }),
      onProgress: progressReporter(context, step),
    },
  );
  context.emit({ type: "waited", atMs: clock.now(), step, seconds: (clock.now() - upEndedMs) / 1000 });
  const detail = `${what} ${colours.length === 1 ? "is" : "are"} at 0${restText(idle)}${stoppedText([...left, ...late])}`;
  return { state: next, detail };
}
