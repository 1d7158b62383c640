import { timesAsLong } from "./concurrently";

/** Returns the milliseconds until the next look, by how long the wait has been so far (milliseconds). */
export type PollPace = (waitedMs: number) => number;

/** The period of the load balancers' metrics on AWS. A rehearsal, whose time runs faster, has a shorter one. */
const AWS_PERIOD_SECONDS = 60;
/** AWS seconds between two looks: a look at one colour is some ten calls, and AWS limits calls by account and region. */
const FIRST_SECONDS = { min: 2, max: 5 };
/** The same in a wait that is long already, of which a few seconds more are no matter. */
const LATER_SECONDS = { min: 5, max: 10 };
/** AWS seconds after which a wait is long. */
const LONG_SECONDS = 120;
/** Milliseconds between two looks at least: at the speeds of rehearsals the looks themselves would be the load. */
const SHORTEST_MS = 250;

/**
 * Returns how often to look at AWS: every 2 to 5 s, in a long wait every 5 to 10 s, drawn anew each time, so that
 * services that are looked at side by side do not call in step.
 * @param metricPeriodSeconds the setting, which has the time's scale: 60 on AWS
 * @param options.services how many services one look is at. Default: one
 * @param options.random returns a number from 0 up to 1
 */
export function pollPace(
  metricPeriodSeconds: number,
  { services = 1, random = Math.random }: { services?: number; random?: () => number } = {},
): PollPace {
  const scaledMs = (metricPeriodSeconds / AWS_PERIOD_SECONDS) * 1000;
  return (waitedMs) => {
    const { min, max } = waitedMs < LONG_SECONDS * scaledMs ? FIRST_SECONDS : LATER_SECONDS;
    return Math.max(SHORTEST_MS, (min + random() * (max - min)) * scaledMs) * timesAsLong(services);
  };
}
