import { UserError } from "../../components/core/user-error";
import type { FaultKind, FaultRequest } from "../cloud/kernel/fault-kinds";
import { CORE } from "../traffic/streams";

/** The steps of a deploy at which a fault can be injected, in their order. */
export const INJECTED_STEPS = [
  "warm",
  "migrate",
  "verify",
  "test",
  "ramp",
  "cutover",
  "confirm",
  "bake",
  "drain",
  "retire",
] as const;
type InjectedStep = (typeof INJECTED_STEPS)[number];

/**
 * How a deploy with a fault ended: done all the same; taken back before production's routing changed, so that
 * production never noticed; rolled back after that; or left for `resume` and `abort`.
 */
export const RUN_ENDS = ["done", "takenBack", "rolledBack", "left"] as const;
export type RunEnd = (typeof RUN_ENDS)[number];

/** One fault at one step. */
export interface FaultCase {
  kind: FaultKind;
  /** Distinguishes it from other cases of its kind; "" for the only one. */
  variant: string;
  step: InjectedStep;
  /** @param release what is deployed, such as `v3` */
  request(release: string): FaultRequest;
  /** The expected ends: any of these is right. */
  ends: readonly RunEnd[];
  /**
   * Whether the fault itself fails requests of production, whatever a deploy does, because they reach what it breaks.
   */
  failsRequests: boolean;
  /** A second fault in the same run. */
  and?: FaultCase;
}

interface Row extends Pick<FaultCase, "request"> {
  variant?: string;
  /** By step; steps in which the fault has no effect are left out. */
  ends: Partial<Record<InjectedStep, readonly RunEnd[]>>;
  failsRequests?: readonly InjectedStep[];
}

/** AWS seconds of failing calls, which clients of AWS survive by retries. */
const BRIEF_SECONDS = 60;
/** AWS seconds that a record change takes: five times as long as Route 53's own minute. */
const PENDING_SECONDS = 300;

const DONE = ["done"] as const;
const TAKEN_BACK = ["takenBack"] as const;
const ROLLED_BACK = ["rolledBack"] as const;
const EITHER = ["done", "takenBack"] as const;
const ANY = ["done", "takenBack", "rolledBack"] as const;
/** The steps from the ramp on, in which the new release gets requests of production. */
const SERVING = ["ramp", "cutover", "confirm", "bake", "drain", "retire"] as const;

/** The steps that call AWS: the service's own test does not, nor does a drain without a cap. */
const CALLING_AWS: Row["ends"] = {
  warm: DONE,
  migrate: DONE,
  verify: DONE,
  ramp: DONE,
  cutover: DONE,
  confirm: DONE,
  bake: DONE,
  retire: DONE,
};

/**
 * The next check notices a release that breaks in production; while the old release is stopped there is no check any
 * more.
 */
const BROKEN_IN_PRODUCTION: Row["ends"] = {
  ramp: ROLLED_BACK,
  cutover: ROLLED_BACK,
  confirm: ROLLED_BACK,
  bake: ROLLED_BACK,
  drain: ROLLED_BACK,
  retire: DONE,
};

const BROKEN_RELEASE: Row["ends"] = {
  warm: TAKEN_BACK,
  migrate: TAKEN_BACK,
  verify: TAKEN_BACK,
  test: TAKEN_BACK,
  ...BROKEN_IN_PRODUCTION,
};

const everyStep = (ends: readonly RunEnd[]): Row["ends"] =>
  Object.fromEntries(INJECTED_STEPS.map((step) => [step, ends]));

/** An instance is lost: the run ends well, or finds too few of the new release and goes back. */
const LOST_INSTANCE: Row["ends"] = {
  ...everyStep(["done", "rolledBack"]),
  warm: EITHER,
  migrate: EITHER,
  verify: EITHER,
  test: EITHER,
};

/** Load balancers see the loss when some health checks have failed, and the cutover may come before that. */
const LATELY_SEEN = ["verify", "test"] as const;
const LOST_INSTANCE_OF_NEW: Row["ends"] = { ...LOST_INSTANCE, verify: ANY, test: ANY };

/**
 * Requests that need the database fail while it is away or full. Health checks do not ask it, so only the migration, the service's own test and the
 * analysis notice.
 */
const BROKEN_DATABASE: Row["ends"] = {
  ...everyStep(DONE),
  migrate: EITHER,
  verify: EITHER,
  test: EITHER,
  ramp: ["done", "rolledBack"],
  cutover: ["done", "rolledBack"],
  confirm: ["done", "rolledBack"],
  bake: ["done", "rolledBack"],
};

const ROWS: Record<FaultKind, readonly Row[]> = {
  throttle: [{ request: () => ({ kind: "throttle", forSeconds: BRIEF_SECONDS }), ends: CALLING_AWS }],
  serverError: [{ request: () => ({ kind: "serverError", forSeconds: BRIEF_SECONDS }), ends: CALLING_AWS }],
  slowBoot: [{ request: () => ({ kind: "slowBoot", service: CORE }), ends: { warm: DONE } }],
  launchFailure: [{ request: () => ({ kind: "launchFailure", service: CORE }), ends: { warm: TAKEN_BACK } }],
  imagePullFailure: [
    { request: (release) => ({ kind: "imagePullFailure", service: CORE, release }), ends: { warm: TAKEN_BACK } },
  ],
  crashLoop: [
    {
      request: (release) => ({ kind: "crashLoop", service: CORE, release, afterSeconds: 0 }),
      ends: BROKEN_RELEASE,
      failsRequests: SERVING,
    },
  ],
  unhealthyAfter: [
    {
      request: (release) => ({ kind: "unhealthyAfter", service: CORE, release }),
      ends: BROKEN_RELEASE,
      failsRequests: SERVING,
    },
  ],
  errorsAfter: [
    {
      request: (release) => ({ kind: "errorsAfter", service: CORE, release, share: 0.05, since: "now" }),
      // Its targets are healthy: a drain does not notice it.
      ends: { ...BROKEN_IN_PRODUCTION, drain: DONE },
      failsRequests: SERVING,
    },
  ],
  failRule: [
    {
      variant: "half-way",
      request: () => ({ kind: "failRule", nth: 2 }),
      ends: { ramp: ROLLED_BACK, cutover: ROLLED_BACK },
    },
    {
      variant: "answer lost",
      request: () => ({ kind: "failRule", nth: 2, when: "after" }),
      ends: { ramp: ROLLED_BACK, cutover: ROLLED_BACK },
    },
  ],
  failRecord: [
    { variant: "half-way", request: () => ({ kind: "failRecord", nth: 2 }), ends: { cutover: ROLLED_BACK } },
    {
      variant: "answer lost",
      request: () => ({ kind: "failRecord", nth: 2, when: "after" }),
      ends: { cutover: ROLLED_BACK },
    },
  ],
  pendingRecord: [{ request: () => ({ kind: "pendingRecord", forSeconds: PENDING_SECONDS }), ends: { cutover: DONE } }],
  dropZone: [
    {
      request: () => ({ kind: "dropZone", zone: "a" }),
      // A service's own test is a client, and may get the address of the lost node.
      ends: { ...everyStep(DONE), test: EITHER },
      failsRequests: INJECTED_STEPS,
    },
  ],
  nodesChange: [
    {
      // Clients that never ask DNS again keep the addresses of nodes that go.
      request: () => ({ kind: "nodesChange" }),
      ends: everyStep(DONE),
      failsRequests: INJECTED_STEPS,
    },
  ],
  loseInstance: [
    {
      variant: "of the old release",
      request: () => ({ kind: "loseInstance", service: CORE }),
      ends: LOST_INSTANCE,
      failsRequests: INJECTED_STEPS,
    },
    {
      variant: "of the new release",
      request: (release) => ({ kind: "loseInstance", service: CORE, release }),
      ends: LOST_INSTANCE_OF_NEW,
      failsRequests: [...LATELY_SEEN, ...SERVING],
    },
  ],
  loseAgent: [{ request: () => ({ kind: "loseAgent", service: CORE }), ends: everyStep(DONE) }],
  spotInterruption: [
    {
      request: () => ({ kind: "spotInterruption", service: CORE }),
      ends: LOST_INSTANCE_OF_NEW,
      failsRequests: INJECTED_STEPS,
    },
  ],
  rebalance: [{ request: () => ({ kind: "rebalance", service: CORE }), ends: everyStep(DONE) }],
  failover: [{ request: () => ({ kind: "failover" }), ends: BROKEN_DATABASE, failsRequests: INJECTED_STEPS }],
  connectionsUsedUp: [
    {
      // The instances of production have connections already, and go on with them.
      request: () => ({ kind: "connectionsUsedUp", forSeconds: BRIEF_SECONDS }),
      ends: BROKEN_DATABASE,
      failsRequests: INJECTED_STEPS,
    },
  ],
  slowDatabase: [
    {
      request: () => ({ kind: "slowDatabase", forSeconds: BRIEF_SECONDS }),
      ends: BROKEN_DATABASE,
      failsRequests: INJECTED_STEPS,
    },
  ],
  restart: [
    { request: () => ({ kind: "restart" }), ends: everyStep(DONE) },
    {
      variant: "in mid-call",
      request: () => ({ kind: "restart", operation: "autoscaling:UpdateAutoScalingGroup" }),
      ends: { warm: DONE, retire: DONE },
    },
    {
      variant: "in mid-call",
      request: () => ({ kind: "restart", operation: "elasticloadbalancing:ModifyRule" }),
      ends: { ramp: DONE, cutover: DONE },
    },
  ],
};

/** Every fault at every step at which it makes sense. */
export const FAULT_CASES: readonly FaultCase[] = Object.entries(ROWS).flatMap(([kind, rows]) =>
  rows.flatMap(({ variant = "", request, ends, failsRequests = [] }) =>
    INJECTED_STEPS.flatMap((step): FaultCase[] => {
      const right = ends[step];
      return right
        ? [
            {
              kind: kind as FaultKind,
              variant,
              step,
              request,
              ends: right,
              failsRequests: failsRequests.includes(step),
            },
          ]
        : [];
    }),
  ),
);

/** Which cases are asked for. */
export interface ChosenCases {
  /** Undefined for all. */
  only?: readonly FaultKind[] | undefined;
  /** Undefined for all. */
  step?: readonly InjectedStep[] | undefined;
  /** How many cases with two faults to draw, instead of all with one. */
  pairs?: number | undefined;
}

/**
 * Returns the cases that are asked for.
 * @param random returns a number from 0 up to 1
 * @throws UserError if there is none: a fault has an effect in some steps only, and a pair has two kinds
 */
export function casesOf({ only, step, pairs }: ChosenCases, random: () => number): readonly FaultCase[] {
  const ofKinds = FAULT_CASES.filter(({ kind }) => only?.includes(kind) ?? true);
  const single = ofKinds.filter((each) => step?.includes(each.step) ?? true);
  const given = [...(only ? [`--only ${only.join(",")}`] : []), ...(step ? [`--step ${step.join(",")}`] : [])];
  if (single.length === 0) {
    const steps = INJECTED_STEPS.filter((name) => ofKinds.some((each) => each.step === name)).join(",");
    throw new UserError(
      `${given.join(" ")}: no such fault has an effect in such a step; wanted another of the two, such as ${given[0]} --step ${steps}`,
    );
  }
  if (pairs === undefined) return single;
  const kinds = new Set(single.map(({ kind }) => kind));
  if (kinds.size < 2)
    throw new UserError(
      `--pairs ${pairs} with ${given.join(" ")}: given cases of ${[...kinds][0]} alone, wanted at least two kinds of faults`,
    );
  return drawPairs(single, pairs, random);
}

/**
 * Draws cases with two faults of different kinds at any two steps. Any end is right, as long as what is left over leads
 * to one that an undisturbed run could have.
 * @param cases of at least two kinds
 * @param random returns a number from 0 up to 1
 */
export function drawPairs(cases: readonly FaultCase[], count: number, random: () => number): FaultCase[] {
  const draw = () => cases[Math.floor(random() * cases.length)]!;
  return Array.from({ length: count }, () => {
    const one = draw();
    let two = draw();
    while (two.kind === one.kind) two = draw();
    const isFirst = INJECTED_STEPS.indexOf(one.step) <= INJECTED_STEPS.indexOf(two.step);
    return pairOf(...(isFirst ? ([one, two] as const) : ([two, one] as const)));
  });
}

function pairOf(first: FaultCase, second: FaultCase): FaultCase {
  const also = [second.kind, second.variant].filter(Boolean).join(" ");
  return {
    ...first,
    variant: [first.variant, `with ${also} at ${second.step}`].filter(Boolean).join(", "),
    ends: RUN_ENDS,
    failsRequests: first.failsRequests || second.failsRequests,
    and: second,
  };
}
