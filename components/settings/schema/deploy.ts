import { z } from "zod";
import { durationSeconds } from "../../core/duration";
import { list, object, oneOf, seconds, text, wholeNumber } from "./forms";

/**
 * TTL of an alias record to a load balancer (60 s, fixed by Route 53), and 20 s for clients that resolved the name
 * last.
 */
export const DRAIN_SECONDS = 80;
export const STEADY_SECONDS = 30;

/** Boot, joining the cluster, pulling the image, starting and the first checks take two to three minutes; some services need longer to start. */
export const HEALTHY_WITHIN_SECONDS = 900;

/** Load balancers report once a minute, with a delay: a shorter bake sees nothing (aws-rules W8). */
export const BAKE_SECONDS = 180;
const RAMP_PAUSE_SECONDS = 180;

/** Load balancers' metrics have one point a minute, and are read by whole minutes (aws-rules W5, W23). */
export const METRIC_PERIOD_SECONDS = 60;
export const PERIOD_WANTED = "60 or a multiple of it up to 3600; shorter periods are for rehearsals";

/** A change of rules is not known to take longer until every node of a load balancer follows it (aws-rules E24). */
export const RULE_SPREAD_SECONDS = 120;

/**
 * Until then the old colour stays while it still gets requests. Longer than a change of rules takes to spread, and with
 * `dns` as long again as most resolvers stretch a TTL.
 */
export const DRAIN_CAP_SECONDS = 300;
const DURATION = /^[1-9]\d{0,5}[smh]$/;
const RAMP_WANTED = "a list of percentages from 1 to 99, each higher than the one before, such as [1, 10, 50]";
const ALARM_WANTED = "the name of a CloudWatch alarm";
const PERCENT_WANTED = "a percentage from 0 to 100";
const RATIO_WANTED = "a number from 1";

/**
 * The scheduled action that ends the old colour is created by an `up`, so that a deploy lengthens a time below two minutes. After a
 * week nobody goes back at once, and all instances cost double until then.
 */
const KEEP_WARM_SECONDS = { min: 15, max: 7 * 86_400 };
/** What is wanted where something else was given. */
export const KEEP_WARM_WANTED = "a time from 15s to 168h, such as 30m";

export function isKeepWarmTime(given: string): boolean {
  const time = DURATION.test(given) ? durationSeconds(given) : null;
  return time !== null && time >= KEEP_WARM_SECONDS.min && time <= KEEP_WARM_SECONDS.max;
}

/** How deploys go. */
export const Deploy = object({
  drainSeconds: seconds()
    .describe("Time from when the records are in sync until the old colour stops.")
    .default(DRAIN_SECONDS),
  steadySeconds: seconds()
    .describe("How long a worker's new tasks must run before the old ones stop.")
    .default(STEADY_SECONDS),
  healthyWithinSeconds: seconds()
    .describe(
      "How long a colour's new instances may take until the load balancers call them healthy, or, for a worker, until they are in service. Auto Scaling replaces none because of its checks before, and before 600 s.",
    )
    .default(HEALTHY_WITHIN_SECONDS),
  drainCapSeconds: seconds()
    .describe(
      "After drainSeconds the deploy waits until the old colour gets no more requests, at most this long in all. It looks once where drainSeconds is as long or longer. 0: it does not look.",
    )
    .default(DRAIN_CAP_SECONDS),
  atDrainCap: oneOf(["retire", "keep"])
    .describe(
      "What happens to an old colour that still gets requests at the cap: it stops, or the deploy keeps it and reports it.",
    )
    .default("retire"),
  approve: oneOf(["before-cutover"])
    .describe(
      "The new release gets production requests only after somebody has approved it; a worker takes messages before that, as soon as it is warm. Default: no approval.",
    )
    .optional(),
  approveWithin: text(DURATION, "a time such as 30m, 90s or 2h")
    .describe("How long a deploy waits for approval before it rolls back.")
    .default("30m"),
  ramp: z
    .array(wholeNumber(1, 99), { error: RAMP_WANTED })
    .refine((shares) => shares.every((share, place) => place === 0 || share > shares[place - 1]!), RAMP_WANTED)
    .describe("Steps in percent of production requests that the new release gets before it gets all.")
    .default([]),
  rampPauseSeconds: seconds()
    .describe("How long the release is monitored at each step of the ramp.")
    .default(RAMP_PAUSE_SECONDS),
  bakeSeconds: seconds()
    .describe(
      "How long the new release is monitored after the cutover, with the old one still warm; a failure in that time is rolled back.",
    )
    .default(BAKE_SECONDS),
  keepWarm: text(DURATION, KEEP_WARM_WANTED)
    .refine((given) => !DURATION.test(given) || isKeepWarmTime(given), KEEP_WARM_WANTED)
    .describe(
      "How long an api's old colour stays warm after the deploy is done, for a rollback within seconds; then Auto Scaling ends it. Default: it is retired at once.",
    )
    .optional(),
  alarms: list(z.string({ error: ALARM_WANTED }).min(1, ALARM_WANTED), "a list of CloudWatch alarms' names")
    .describe(
      "CloudWatch alarms: a deploy does not start while one fires, and rolls back if one fires during ramp or bake.",
    )
    .default([]),
  maxErrorPercent: z
    .number({ error: PERCENT_WANTED })
    .min(0, PERCENT_WANTED)
    .max(100, PERCENT_WANTED)
    .describe(
      "How many more requests of the new release than of the old one may get a 5xx or no response, in percent of all.",
    )
    .default(1),
  maxLatencyRatio: z
    .number({ error: RATIO_WANTED })
    .min(1, RATIO_WANTED)
    .describe("The new release is too slow above this multiple of the old release's average response time.")
    .default(2),
  metricPeriodSeconds: z
    .number({ error: PERIOD_WANTED })
    .positive(PERIOD_WANTED)
    .max(3600, PERIOD_WANTED)
    .refine((period) => period < METRIC_PERIOD_SECONDS || period % METRIC_PERIOD_SECONDS === 0, PERIOD_WANTED)
    .describe("Period of the load balancers' metrics: 60 or a multiple of it. Shorter ones are for rehearsals.")
    .default(METRIC_PERIOD_SECONDS),
});
