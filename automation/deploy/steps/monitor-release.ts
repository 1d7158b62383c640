import { other } from "../../../components/core/colour-name";
import { isElastic } from "../../../components/settings/elastic";
import { digestOf } from "../../core/desired-releases";
import { monitorRelease } from "../../observe/analysis/monitor-release";
import type { MonitoredService } from "../../observe/analysis/release-monitor";
import type { RunState, StepContext } from "../context";

export interface MonitoredShare {
  step: "ramp" | "bake";
  services: readonly string[];
  /** Unix milliseconds of the change. */
  sinceMs: number;
  /** From then on. */
  seconds: number;
}

/**
 * Watches what a step has given production's requests to: in a ramp the idle colour, beside the old release in the same minutes; in a bake the active one,
 * beside what the old release was like before. The time of it was asked for.
 * @returns what was seen, in a line
 * @throws StepFailed with everything that speaks against the new release
 */
export async function monitorShare(
  context: StepContext,
  state: RunState,
  { step, services, sinceMs, seconds }: MonitoredShare,
): Promise<string> {
  const { clock, settings, emit } = context;
  const startedMs = clock.now();
  // Alarms that fired before this run say nothing of it.
  const alarms = settings.deploy.alarms.filter((name) => !state.ignoredAlarms.includes(name));
  const watching = { ...context, settings: { ...settings, deploy: { ...settings.deploy, alarms } } };
  const seen = await monitorRelease(watching, {
    step,
    services: watched(context, state, services, step === "ramp" ? "idle" : "active"),
    sinceMs,
    untilMs: sinceMs + seconds * 1000,
    compare: step === "ramp" ? "meanwhile" : "before",
  });
  emit({ type: "waited", atMs: clock.now(), step, seconds: (clock.now() - startedMs) / 1000 });
  return seen;
}

/**
 * What is watched of each service: the colour with the new release beside the one with the old release.
 * @param fresh where the new release is: the idle colour in a ramp, the active one after the cutover
 */
function watched(
  { settings }: Pick<StepContext, "settings">,
  { live, outputs, desired }: RunState,
  services: readonly string[],
  fresh: "active" | "idle",
): MonitoredService[] {
  return services.map((name) => {
    const { active, colours } = live.services[name]!;
    const colour = fresh === "active" ? active : other(active);
    return {
      name,
      fresh: outputs.services[name]!.colours[colour],
      old: outputs.services[name]!.colours[other(colour)],
      wanted: {
        size: colours[colour].size,
        digest: digestOf(desired[name]!.image),
        scales: fresh === "active" && isElastic(settings.services[name]!.size),
      },
    };
  });
}
