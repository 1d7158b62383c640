import { other } from "../../../components/core/colour-name";
import type { Live } from "../../../components/live/live";
import { isElastic } from "../../../components/settings/elastic";
import { retryTransient } from "../../core/retry-transient";
import { waitUntil } from "../../core/wait-until";
import type { StepName } from "../../ports/step-names";
import { progressReporter, type RunState, type StepAction, type StepContext } from "../context";
import { retired } from "../live-transitions";
import { upTo } from "./up";

/** On top of the stop timeout. The provider's wait ends when nothing is in service; what still drains or shuts down gets two minutes more (aws-rules A18). */
const LIMIT_MS = 120_000;

/** The old colours go to 0 and keep their release: the way back. */
export const retire: StepAction = (context, state, services) => toZero("retire", context, state, services);

/** On the way back: what was warmed for nothing, or is left again, goes to 0. */
export const coolDown: StepAction = (context, state, services) => toZero("coolDown", context, state, services);

/** Live state that both ask for: where the size follows the load, it may fall again from what the colour was warmed with. */
export function retiredLive(
  { settings }: Pick<StepContext, "settings">,
  { live }: RunState,
  services: readonly string[],
): Live {
  const scaling = services.flatMap((name) => {
    const { size } = settings.services[name]!;
    const { active, colours } = live.services[name]!;
    return isElastic(size) && colours[active].size > 0 ? [[name, size.min] as const] : [];
  });
  return retired(live, services, Object.fromEntries(scaling));
}

async function toZero(step: StepName, context: StepContext, state: RunState, services: readonly string[]) {
  const colours = services.map((name) => ({ name, colour: other(state.live.services[name]!.active) }));
  const what = colours.map(({ name, colour }) => `${name} ${colour}`).join(", ");
  const next = await upTo(context, state, step, retiredLive(context, state, services), `take ${what} to 0`);
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
  // A worker's tasks end when the jobs in hand are done; an instance of an api has nothing left to do by now.
  if (services.some((name) => settings.services[name]!.kind === "worker"))
    context.emit({ type: "waited", atMs: clock.now(), step, seconds: (clock.now() - upEndedMs) / 1000 });
  return { state: next, detail: `${what} ${colours.length === 1 ? "is" : "are"} at 0` };
}
