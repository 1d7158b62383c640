import { other } from "../../../components/core/colour-name";
import type { Live } from "../../../components/live/live";
import { isElastic } from "../../../components/settings/elastic";
import { retryTransient } from "../../core/retry-transient";
import { waitUntil } from "../../core/wait-until";
import { progressReporter, type RunState, type StepContext } from "../context";
import { retired } from "../live-transitions";
import type { IntendedWork, Step, Work } from "../step";
import { idleSizes, upTo } from "./up";

/** Limit on top of the stop timeout. The provider's wait ends when nothing is in service; tasks that still drain get two minutes more (aws-rules A18). */
const LIMIT_MS = 120_000;

/** Takes the old colours to 0. They keep their release, which a rollback needs. */
export const retire: Step = {
  name: "retire",
  title: "Retire the old colour",
  plan: ({ isRollback, replaced, isKept }) => ({
    services: isRollback ? [] : replaced.filter((name) => !isKept(name)),
  }),
  floorSeconds: () => 60,
  intend: retiredLive,
  forecast: idleSizes,
  perform: (context, state, work) => toZero("retire", context, state, work),
};

/** The same for the release of another run that is still on the idle colour. */
export const retireOccupied: Step = { ...retire, plan: ({ occupied }) => ({ services: occupied }) };

/** On a rollback: takes the colour that is idle again to 0. */
export const coolDown: Step = {
  ...retire,
  name: "coolDown",
  title: "Take the idle colour back to 0",
  plan: ({ isRollback, replaced, isKept }) => ({
    services: isRollback ? replaced.filter((name) => !isKept(name)) : [],
  }),
  perform: (context, state, work) => toZero("coolDown", context, state, work),
};

/** The live state with the idle colours at 0. Where the size follows the load, the active colour may shrink to `min` again: what it really runs is left to the load. */
function retiredLive({ settings }: Pick<StepContext, "settings">, { live }: RunState, { services }: Work): Live {
  const scaling = services.flatMap((name) => {
    const { size } = settings.services[name]!;
    const { active, colours } = live.services[name]!;
    return isElastic(size) && colours[active].size > 0 ? [[name, size.min] as const] : [];
  });
  return retired(live, services, Object.fromEntries(scaling));
}

async function toZero(step: string, context: StepContext, state: RunState, { services, intended }: IntendedWork) {
  const colours = services.map((name) => ({ name, colour: other(state.live.services[name]!.active) }));
  const what = colours.map(({ name, colour }) => `${name} ${colour}`).join(", ");
  const next = await upTo(context, state, step, intended!, `take ${what} to 0`);
  const { clock, signal, settings } = context;
  const stopSeconds = Math.max(...services.map((name) => settings.services[name]!.stopTimeoutSeconds));
  const upEndedMs = clock.now();
  await waitUntil(
    `the ${step === "retire" ? "old" : "idle"} colour is not gone`,
    retryTransient(async () => {
      const seen = await Promise.all(
        colours.map(({ name, colour }) => context.observer.colour(next.outputs.services[name]!.colours[colour])),
      );
      const left = seen.flatMap(({ tasks }) => tasks.filter((task) => task.status !== "STOPPED"));
      return left.map((task) => `the task on ${task.instanceId} is still ${task.status}`);
    }),
    { clock, signal, limitMs: LIMIT_MS + stopSeconds * 1000, onProgress: progressReporter(context, step) },
  );
  // A worker's tasks end when their jobs are done. An api's instances have nothing left to do by now.
  if (services.some((name) => settings.services[name]!.kind === "worker"))
    context.emit({ type: "waited", atMs: clock.now(), step, seconds: (clock.now() - upEndedMs) / 1000 });
  return { state: next, detail: `${what} ${colours.length === 1 ? "is" : "are"} at 0` };
}
