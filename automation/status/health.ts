import { COLOURS, type Colour } from "../../components/core/colour-name";
import type { LiveColour } from "../../components/live/live";
import type { ColourOutputs, StackOutputs } from "../../components/live/outputs";
import { isElastic } from "../../components/settings/elastic";
import type { Settings } from "../../components/settings/settings";
import { concurrently } from "../core/concurrently";
import { digestOf } from "../core/desired-releases";
import { checkColour } from "../observe/check-colour";
import type { ColourObservation, Observer } from "../ports/observer";

/** Of one colour: how many of its tasks run the right image and are healthy wherever requests come from, or why nobody can tell. */
export type Health = { healthy: number; wanted: number /** One line each. */; faults: string[] } | { unknown: string };

/** Looks at every colour that has instances, some at a time; one that cannot be seen hides no other. */
export async function healthOfAll(
  observer: Pick<Observer, "colour">,
  { live, services }: Pick<StackOutputs, "live" | "services">,
  settings: Pick<Settings, "services">,
): Promise<Map<string, Health>> {
  const colours = Object.entries(live.services).flatMap(([name, { colours }]) =>
    COLOURS.filter((colour) => colours[colour].size > 0).map((colour) => ({ name, colour, state: colours[colour] })),
  );
  const found = await concurrently(colours, async ({ name, colour, state }) => {
    const size = settings.services[name]?.size;
    const outputs = services[name]!.colours[colour];
    return observer.colour(outputs).then(
      (seen) => healthOf(outputs, seen, state, size !== undefined && isElastic(size)),
      (error: Error): Health => ({ unknown: error.message.split("\n")[0]! }),
    );
  });
  return new Map(colours.map(({ name, colour }, index) => [keyOf(name, colour), found[index]!]));
}

export function keyOf(service: string, colour: Colour): string {
  return `${service} ${colour}`;
}

/** @param scales its size follows the load: the live size is the least */
export function healthOf(
  outputs: ColourOutputs,
  seen: ColourObservation,
  { release, size }: LiveColour,
  scales: boolean,
): Health {
  const digest = digestOf(release!.image);
  const isHealthyAt = (group: string, instanceId: string) =>
    seen.targets.some(
      (target) => target.targetGroup === group && target.instanceId === instanceId && target.state === "healthy",
    );
  const good = seen.tasks.filter(
    (task) =>
      task.status === "RUNNING" &&
      task.taskDefinition === outputs.taskDefinition &&
      task.digest === digest &&
      outputs.targetGroups.every(({ arn }) => isHealthyAt(arn, task.instanceId)),
  );
  return {
    healthy: good.length,
    wanted: scales ? Math.max(size, seen.inService) : size,
    faults: checkColour(outputs, seen, { size, digest, scales }),
  };
}
