import { other } from "../../components/core/colour-name";
import type { Live } from "../../components/live/live";
import { configurationOfRelease } from "../../components/live/release";
import { releaseSettingsOf } from "../../components/live/release-settings";
import { drainsTasks } from "../../components/settings/drains-tasks";
import type { Settings } from "../../components/settings/settings";
import { longestStop } from "../../components/settings/stop-time";

/** A worker is on no load balancer. */
function deregistrationSeconds({ services }: Settings, name: string): number {
  const { kind, deregistrationDelaySeconds } = services[name]!;
  return kind === "api" ? deregistrationDelaySeconds : 0;
}

/**
 * The least time for which the instances of a service stay. Tasks that are drained end with their last open stream; AWS's
 * load balancers would say `draining` for the whole delay (aws-rules E37).
 */
export function leastSeconds(settings: Settings, name: string): number {
  return drainsTasks(settings.services[name]!) ? 0 : deregistrationSeconds(settings, name);
}

/**
 * True if the tasks of a service's old colour get SIGTERM now, and the step waits for their end and not for that of the
 * instances. A release that was deployed before the service had `streams` has a shorter stop timeout, which would cut its
 * streams: the load balancers alone let those live.
 */
export function endsByTasks(settings: Settings, { services }: Live, name: string): boolean {
  const service = settings.services[name]!;
  const { active, colours } = services[name]!;
  const { release } = colours[other(active)];
  const stopTimeout = (release && configurationOfRelease(release)?.stopTimeoutSeconds) ?? 0;
  return drainsTasks(service) && stopTimeout >= service.streams!.withinSeconds;
}

export function streamsText({ services }: Settings, name: string): string {
  const { streams, deregistrationDelaySeconds } = services[name]!;
  return streams ? `; open streams may go on for up to ${deregistrationDelaySeconds} s` : "";
}

/**
 * Seconds that the slowest instance of the services' idle colours may take to end. Their tasks stop as their own releases say, which may be longer than the
 * settings of now.
 */
export function endSeconds(settings: Settings, { services }: Live, names: readonly string[]): number {
  return Math.max(
    ...names.map((name) => {
      const { active, colours } = services[name]!;
      const own = releaseSettingsOf(settings.services[name]!, colours[other(active)].release);
      return longestStop(own) + deregistrationSeconds(settings, name);
    }),
  );
}
