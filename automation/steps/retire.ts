import { other } from "../../components/colour-name";
import { progressReporter, type StepAction } from "../context";
import type { StepName } from "../events";
import { retired } from "../next-live";
import { until } from "../poll";
import { upTo } from "./up";

/** The provider's wait ends when nothing is in service; what still drains or shuts down gets two minutes more (aws-rules A18). */
const LIMIT_MS = 120_000;

/** The old colours go to 0 and keep their release: the way back. */
export const retire: StepAction = (context, situation, services) => toZero("retire", context, situation, services);

/** After a failure before the cutover: what was warmed goes back to 0; production never knew of it. */
export const coolDown: StepAction = (context, situation, services) => toZero("coolDown", context, situation, services);

async function toZero(
  step: StepName,
  context: Parameters<StepAction>[0],
  situation: Parameters<StepAction>[1],
  services: string[],
) {
  const colours = services.map((name) => ({ name, colour: other(situation.live.services[name]!.active) }));
  const what = colours.map(({ name, colour }) => `${name} ${colour}`).join(", ");
  const next = await upTo(context, situation, step, retired(situation.live, services), `take ${what} to 0`);
  const { clock, signal } = context;
  await until(
    "the old colour is not gone",
    async () => {
      const seen = await Promise.all(
        colours.map(({ name, colour }) => context.observer.colour(next.outputs.services[name]!.colours[colour])),
      );
      const left = seen.flatMap(({ tasks }) => tasks.filter((task) => task.status !== "STOPPED"));
      return left.map((task) => `the task on ${task.instanceId} is still ${task.status}`);
    },
    { clock, signal, limitMs: LIMIT_MS, onProgress: progressReporter(context, step) },
  );
  return { situation: next, detail: `${what} is at 0` };
}
