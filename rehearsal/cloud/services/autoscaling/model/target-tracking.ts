/** Points above the target, one a minute, until a group grows; and points below until it shrinks (Auto Scaling's alarms for target tracking). */
const POINTS_TO_GROW = 3;
const POINTS_TO_SHRINK = 15;
/** The lower alarm's threshold, as seen on groups that follow the CPU: AWS gives no number. */
const LOW_SHARE = 0.7;

export interface TrackedSituation {
  targetPercent: number;
  /** One a minute, oldest first. */
  points: readonly number[];
  desired: number;
  /** Instances whose CPU is in the points. */
  measured: number;
  /** True while instances start or warm up: nothing shrinks then. */
  isGrowing: boolean;
  disableScaleIn: boolean;
}

/**
 * How many instances a target tracking policy wants: out in proportion and at once, in by one instance a minute and never below what the target
 * needs. Instances that still warm up are not in the points, so that the same load is not answered twice.
 */
export function wantedSize(situation: TrackedSituation): number {
  const { targetPercent, points, desired, measured, isGrowing, disableScaleIn } = situation;
  const needed = Math.ceil((measured * (points.at(-1) ?? 0)) / targetPercent);
  if (allOf(points, POINTS_TO_GROW, (point) => point > targetPercent)) return Math.max(desired, needed);
  if (isGrowing || disableScaleIn) return desired;
  const isLow = allOf(points, POINTS_TO_SHRINK, (point) => point < targetPercent * LOW_SHARE);
  return isLow ? Math.min(desired, Math.max(desired - 1, needed)) : desired;
}

/** The most points that a decision looks at. */
export const POINTS_KEPT = Math.max(POINTS_TO_GROW, POINTS_TO_SHRINK);

function allOf(points: readonly number[], count: number, holds: (point: number) => boolean): boolean {
  return points.length >= count && points.slice(-count).every(holds);
}
