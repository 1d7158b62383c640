import type { ServiceSettings, SidecarSettings } from "./settings";

/**
 * Seconds that a task may take to stop: its own container's, then those of the slowest sidecar, because ECS stops a
 * container only when all that depend on it have ended (aws-rules C42).
 */
export function longestStop({
  stopTimeoutSeconds,
  sidecars = {},
}: Pick<ServiceSettings, "stopTimeoutSeconds"> & {
  sidecars?: Readonly<Record<string, Pick<SidecarSettings, "stopTimeoutSeconds">>>;
}): number {
  return stopTimeoutSeconds + Math.max(0, ...Object.values(sidecars).map((sidecar) => sidecar.stopTimeoutSeconds));
}
