import type { ServiceSettings, Settings } from "./settings";

/**
 * True for a service whose tasks get SIGTERM as soon as their instances are deregistered, so that each ends with its last
 * open stream instead of after the whole deregistration delay.
 */
export function drainsTasks({ streams }: Pick<ServiceSettings, "streams">): boolean {
  return streams !== null && streams.withinSeconds > 0;
}

/** True if any service of the stack is such a one. */
export function anyDrainsTasks({ services }: Pick<Settings, "services">): boolean {
  return Object.values(services).some(drainsTasks);
}
