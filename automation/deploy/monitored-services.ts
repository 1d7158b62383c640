import { other } from "../../components/core/colour-name";
import { monitorRelease } from "../observe/analysis/monitor-release";
import type { MonitoredService } from "../observe/analysis/release-monitor";
import { expectedColour } from "../observe/expected-colour";
import { probedServices } from "../observe/probes/probing";
import type { RunState, StepContext } from "./context";

export interface MonitoredShare {
  step: "ramp" | "bake";
  services: readonly string[];
  /** Unix milliseconds of the change. */
  sinceMs: number;
  /** Duration from then on. */
  seconds: number;
}

/**
 * Monitors the release that a step has given production's requests to: in a ramp the idle colour, compared with the old release in the same minutes; in a
 * bake the active one, compared with the old release before the cutover. If the run has migrated a database, the old release may fail since then, so both are
 * compared with the old release before the migration. In a bake production is also asked by probes; in a ramp nobody knows which release answers them, and
 * what was not healthy before the run proves nothing. The time counts as waiting that was asked for.
 * @returns one line that says what was analysed
 * @throws StepFailed with all problems of the new release
 */
export async function monitorShare(
  context: StepContext,
  state: RunState,
  { step, services, sinceMs, seconds }: MonitoredShare,
): Promise<string> {
  const { clock, emit } = context;
  const startedMs = clock.now();
  const { migratedAtMs } = state.progress;
  const toProbe = step === "bake" ? services.filter((name) => !state.ignoredUnhealthy.includes(name)) : [];
  const { seen } = await monitorRelease(withoutIgnoredAlarms(context, state), {
    step,
    services: monitored(context, state, services, step === "ramp" ? "idle" : "active"),
    sinceMs,
    untilMs: sinceMs + seconds * 1000,
    compare: step === "ramp" && migratedAtMs === null ? "meanwhile" : "before",
    baselineMs: migratedAtMs ?? sinceMs,
    probed: probedServices(context.settings, state.outputs, toProbe),
  });
  emit({ type: "waited", atMs: clock.now(), step, seconds: (clock.now() - startedMs) / 1000 });
  return seen;
}

/** The context with the alarms that tell something: those that fired before this run are no evidence against it. */
export function withoutIgnoredAlarms(context: StepContext, { ignoredAlarms }: RunState): StepContext {
  const { settings } = context;
  const alarms = settings.deploy.alarms.filter((name) => !ignoredAlarms.includes(name));
  return { ...context, settings: { ...settings, deploy: { ...settings.deploy, alarms } } };
}

/** What is monitored of the release that production has, beside what it was before. */
export function activeServices(
  context: Pick<StepContext, "settings">,
  state: RunState,
  services: readonly string[],
): MonitoredService[] {
  return monitored(context, state, services, "active").map((service) => ({ ...service, old: service.fresh }));
}

/**
 * What is monitored of each service: the colour with the new release beside the one with the old release.
 * @param fresh where the new release is: the idle colour in a ramp, the active one after the cutover
 */
export function monitored(
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
      wanted: expectedColour(
        { ...colours[colour], release: desired[name]! },
        settings.services[name]!.size,
        outputs.services[name]!.colours[colour],
      ),
    };
  });
}
