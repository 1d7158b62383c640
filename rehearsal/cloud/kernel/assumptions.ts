import type { NumberName, Observed } from "../../../automation/first-contact/observed";

/** AWS seconds; each time one is drawn from the range. */
interface Seconds {
  min: number;
  max: number;
}

interface Assumption extends Seconds {
  /** Where the number is from. */
  source: string;
}

/**
 * What the cloud assumes where AWS documents no number. An account can say them: `npx aoshingo first-contact` measures each
 * under the same name, and `assumptionsOf` takes them over.
 */
export const ASSUMED = {
  ruleSpread: {
    min: 2,
    max: 2,
    source:
      "ours. AWS says only that it takes a short time (aws-rules E24); controllers in the field saw 503s from it and waited 30 s [argo-rollouts#2064, #4595]",
  },
  targetSpread: { min: 2, max: 2, source: "ours, as for rules" },
  boot: { min: 25, max: 40, source: "ours: a launch takes about as long until EC2 says that the instance runs" },
  join: {
    min: 15,
    max: 30,
    source:
      "ours: Auto Scaling has an instance in service, and registered with its target groups, as soon as EC2 says that it runs (aws-rules A8); its system and agent start after that",
  },
  pull: { min: 4, max: 10, source: "ours: the first pull of a small image" },
  recordSync: { min: 5, max: 30, source: "Route 53's guide says: usually within 60 s (aws-rules R5)" },
  metricDelay: {
    min: 30,
    max: 30,
    source: "ours. Netflix found the newest minute incomplete and reads two behind (Netflix/atlas pull request 1300)",
  },
  drainingEvent: {
    min: 1,
    max: 15,
    source:
      "ours: Auto Scaling's event of a held instance goes to ECS, which then sets it to DRAINING (aws-rules C27); ECS publishes no time",
  },
  powerOff: {
    min: 10,
    max: 90,
    source:
      "public activity logs have 22 to 62 s for a termination in which nothing drains, and 3.5 to 4.2 minutes for one with a hook that drains (awslabs/amazon-eks-ami#66); the ends of the range are ours",
  },
  stoppedLag: {
    min: 60,
    max: 1_200,
    source: "the upper end: bottlerocket-test-system#717 saw up to 20 minutes; the lower end is ours (aws-rules C23)",
  },
} as const satisfies Record<NumberName, Assumption>;

/** So many samples of an account take the place of an assumption; fewer may all be on its quick side. The number is ours. */
const ENOUGH_SAMPLES = 5;

export type Assumptions = Readonly<Record<NumberName, Seconds>>;

/** Returns what was observed, and what is assumed where nothing was. Of a few samples it returns the range of both. */
export function assumptionsOf(observed: Pick<Observed, "numbers"> | null): Assumptions {
  const names = Object.keys(ASSUMED) as NumberName[];
  return Object.fromEntries(
    names.map((name) => {
      const [assumed, seen] = [ASSUMED[name], observed?.numbers[name]];
      const ranges = seen && seen.samples >= ENOUGH_SAMPLES ? [seen] : [assumed, ...(seen ? [seen] : [])];
      return [name, { min: Math.min(...ranges.map(({ min }) => min)), max: Math.max(...ranges.map(({ max }) => max)) }];
    }),
  ) as Record<NumberName, Seconds>;
}

/**
 * The same where the time of a boot is given, with instances that are in their cluster as soon as they run, and end soon after
 * their tasks.
 */
export function withQuickInstances(assumptions: Assumptions): Assumptions {
  const none = { min: 0, max: 0 };
  return { ...assumptions, join: none, drainingEvent: none, powerOff: { min: 3, max: 8 } };
}

/** Returns the AWS seconds until the slowest node of a public load balancer was seen to follow; null if it was not. */
export function observedSpread(observed: Pick<Observed, "numbers"> | undefined): number | null {
  const seen = [observed?.numbers.ruleSpread, observed?.numbers.targetSpread].flatMap((one) => (one ? [one.max] : []));
  return seen.length === 0 ? null : Math.max(...seen);
}

/** Returns the AWS seconds until the slowest node of a load balancer follows a change of rules or targets. */
export function spreadOf({ ruleSpread, targetSpread }: Assumptions): number {
  return Math.max(ruleSpread.max, targetSpread.max);
}
