import type { LiveColour } from "../../components/live/live";
import type { ColourOutputs } from "../../components/live/outputs";
import { hasSchedule } from "../../components/settings/scheduled-minimum";
import type { ServiceSettings } from "../../components/settings/settings";
import { digestsOf } from "../core/desired-releases";
import type { ColourObservation } from "../ports/observer";

export interface ExpectedColour {
  /**
   * The least number of instances. There are more while Auto Scaling follows the load, or replaces an instance: it
   * launches the new one first. A target that is being launched on top of `size` is no problem.
   */
  size: number;
  /** Whether a schedule changes the group's minimum by itself, or has since the size was set: then fewer than `size` are enough if that is lower. Default: false. */
  hasSchedule?: boolean;
  /** `sha256:...` */
  digest: string;
  /** The same of its sidecars, by container. */
  sidecars?: Readonly<Record<string, string>>;
}

/**
 * Returns what is expected of a colour that runs a release.
 * @param range of the service's settings; undefined if it is not in them any more
 */
export function expectedColour(
  { release, size }: LiveColour,
  range: ServiceSettings["size"] | undefined,
  { scheduledMinimum = 0 }: Pick<ColourOutputs, "scheduledMinimum">,
): ExpectedColour {
  const follows = scheduledMinimum > 0 || (range !== undefined && hasSchedule(range));
  return { size, hasSchedule: follows, ...digestsOf(release!) };
}

/** Returns how many instances a colour has to have at least: `size`, or the group's own minimum where a schedule has lowered it. */
export function leastInstances({ size, hasSchedule }: ExpectedColour, { minimum }: ColourObservation): number {
  return hasSchedule ? Math.max(1, Math.min(size, minimum)) : size;
}
