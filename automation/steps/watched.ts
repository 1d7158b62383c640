import { other } from "../../components/colour-name";
import { isElastic } from "../../components/elastic";
import type { Situation, StepContext } from "../context";
import type { WatchedService } from "../watch/sight";
import { digestOf } from "../wish";

/** As the watch sees it: alarms that fired before this run say nothing of it. */
export function watching(context: StepContext, { ignoredAlarms }: Situation): StepContext {
  const { settings } = context;
  const alarms = settings.deploy.alarms.filter((name) => !ignoredAlarms.includes(name));
  return { ...context, settings: { ...settings, deploy: { ...settings.deploy, alarms } } };
}

/**
 * What is watched of each service: the colour with the new release beside the one with the old release.
 * @param fresh where the new release is: the idle colour in a ramp, the active one after the cutover
 */
export function watched(
  { settings }: Pick<StepContext, "settings">,
  { live, outputs, wish }: Situation,
  services: readonly string[],
  fresh: "active" | "idle",
): WatchedService[] {
  return services.map((name) => {
    const { active, colours } = live.services[name]!;
    const colour = fresh === "active" ? active : other(active);
    return {
      name,
      fresh: outputs.services[name]!.colours[colour],
      old: outputs.services[name]!.colours[other(colour)],
      wanted: {
        size: colours[colour].size,
        digest: digestOf(wish[name]!.image),
        scales: fresh === "active" && isElastic(settings.services[name]!.size),
      },
    };
  });
}
