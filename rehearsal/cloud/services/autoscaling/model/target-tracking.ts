/**
 * Number of consecutive points, one per minute, above the target until a group grows (Auto Scaling's alarm for target
 * tracking).
 */
const POINTS_TO_GROW = 3;
/** Number of consecutive points below the lower threshold until a group shrinks. */
const POINTS_TO_SHRINK = 15;
/**
 * The lower alarm's threshold as a share of the target, as observed on groups with a CPU target. AWS gives no number.
 */
const LOW_SHARE = 0.7;

export interface TrackedGroup {
  targetValue: number;
  /** Average of the metric for one instance, such as its CPU utilisation in percent; one per minute, oldest first. */
  points: readonly number[];
  /** The current desired capacity. */
  desired: number;
  /** Number of instances that the last point is the average of. */
  measured: number;
  /** True while instances start or warm up; the group does not shrink then. */
  isGrowing: boolean;
  disableScaleIn: boolean;
}

/**
 * Returns the desired capacity of a target tracking policy. It scales out at once in proportion to the load, and scales
 * in by one instance per minute, never below what the target needs. Instances that still warm up are not in the points,
 * so the policy does not react twice to the same load.
 */
export function desiredSize(group: TrackedGroup): number {
  const { targetValue, points, desired, measured, isGrowing, disableScaleIn } = group;
  const needed = Math.ceil((measured * (points.at(-1) ?? 0)) / targetValue);
  if (allOf(points, POINTS_TO_GROW, (point) => point > targetValue)) return Math.max(desired, needed);
  if (isGrowing || disableScaleIn) return desired;
  const isLow = allOf(points, POINTS_TO_SHRINK, (point) => point < targetValue * LOW_SHARE);
  return isLow ? Math.min(desired, Math.max(desired - 1, needed)) : desired;
}

/** The largest number of points that a decision needs. */
export const POINTS_KEPT = Math.max(POINTS_TO_GROW, POINTS_TO_SHRINK);

function allOf(points: readonly number[], count: number, holds: (point: number) => boolean): boolean {
  return points.length >= count && points.slice(-count).every(holds);
}
