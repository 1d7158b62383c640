import { ASSUMED, spreadOf } from "./kernel/assumptions";

/** How long a change of rules or targets takes to reach every node of a load balancer (aws-rules E24). */
export const SPREAD = {
  /** AWS seconds, unless a file of observations says otherwise. */
  seconds: spreadOf(ASSUMED),
  /** AWS seconds: the longest that a rehearsal plays. */
  maxSeconds: 120,
  description:
    "AWS seconds until the slowest node of a load balancer follows a change of its rules or targets; AWS gives no number",
};
