import { ASSUMED, spreadOf } from "./kernel/assumptions";

/** How long a change of rules or targets takes to reach every node of a load balancer (aws-rules E24). */
export const SPREAD = {
  /** AWS seconds, unless a file of observations says otherwise. */
  seconds: spreadOf(ASSUMED),
  /** AWS seconds: the longest that a rehearsal plays. */
  maxSeconds: 120,
  /**
   * Where there are internal load balancers, the public ones are done after this share of the time. Each load balancer
   * takes a time of its own, and a deploy can ask only the public ones: a rehearsal plays that the others are slower. What
   * `first-contact` has seen is of a public one.
   */
  publicShare: 0.25,
  description:
    "AWS seconds until the slowest node of the slowest load balancer follows a change of its rules or targets; AWS gives no number",
};

/**
 * Returns the share of the spread that public load balancers take where there are internal ones.
 * @param seen AWS seconds that a public one was seen to take; null if it was not
 */
export function publicShareOf(spreadSeconds: number, seen: number | null): number {
  if (seen === null) return SPREAD.publicShare;
  return Math.max(SPREAD.publicShare, Math.min(1, seen / spreadSeconds));
}
