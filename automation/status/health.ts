import { COLOURS, type Colour } from "../../components/core/colour-name";
import type { LiveColour } from "../../components/live/live";
import type { ColourOutputs, StackOutputs } from "../../components/live/outputs";
import { isElastic } from "../../components/settings/elastic";
import type { ServiceSettings, Settings } from "../../components/settings/settings";
import { concurrently } from "../core/concurrently";
import { checkColour, imageProblems } from "../observe/check-colour";
import { checkJob } from "../observe/check-job";
import { expectedColour, leastInstances } from "../observe/expected-colour";
import { runningTasks } from "../observe/running-tasks";
import type { ColourObservation, Observer } from "../ports/observer";

/** Health of one colour, as `status --json` prints it. */
export type Health =
  | {
      /** Tasks that run the right images and that every load balancer calls healthy. */
      healthy: number;
      wanted: number;
      /** Problems, one line each. */
      faults: string[];
    }
  /** Why it could not be observed. */
  | { unknown: string };

/** Observes every colour that has instances, some at a time. One that cannot be observed hides no other. */
export async function healthOfAll(
  observer: Pick<Observer, "colour" | "schedule" | "taskImage" | "image">,
  outputsOfAll: StackOutputs,
  settings: Pick<Settings, "services">,
): Promise<Map<string, Health>> {
  const { live, services } = outputsOfAll;
  const colours = Object.entries(live.services).flatMap(([name, { colours }]) =>
    COLOURS.filter((colour) => colours[colour].size > 0).map((colour) => ({ name, colour, state: colours[colour] })),
  );
  const found = await concurrently(colours, async ({ name, colour, state }) => {
    const range = settings.services[name]?.size;
    const outputs = services[name]!.colours[colour];
    const unknown = (error: Error): Health => ({ unknown: error.message.split("\n")[0]! });
    if (services[name]!.job) {
      const problems = checkJob({ observer }, { live, outputs: outputsOfAll }, name, colour);
      return problems.then((faults): Health => ({ healthy: faults.length === 0 ? 1 : 0, wanted: 1, faults }), unknown);
    }
    return observer.colour(outputs).then((seen) => healthOf(outputs, seen, state, range), unknown);
  });
  return new Map(colours.map(({ name, colour }, index) => [keyOf(name, colour), found[index]!]));
}

export function keyOf(service: string, colour: Colour): string {
  return `${service} ${colour}`;
}

/** @param range of the service's settings; undefined if it is not in them any more */
export function healthOf(
  outputs: ColourOutputs,
  seen: ColourObservation,
  colour: LiveColour,
  range: ServiceSettings["size"] | undefined,
): Health {
  const expected = expectedColour(colour, range, outputs);
  const least = leastInstances(expected, seen);
  const isHealthyAt = (group: string, instanceId: string) =>
    seen.targets.some(
      (target) => target.targetGroup === group && target.instanceId === instanceId && target.state === "healthy",
    );
  const healthy = runningTasks(outputs, seen).filter(
    (task) =>
      imageProblems(task, expected).length === 0 &&
      outputs.targetGroups.every(({ arn }) => isHealthyAt(arn, task.instanceId)),
  );
  return {
    healthy: healthy.length,
    wanted: range && isElastic(range) ? Math.max(least, seen.inService) : least,
    faults: checkColour(outputs, seen, expected),
  };
}
