import type { FaultKind, FaultRequest } from "../cloud/kernel/fault-kinds";
import { CORE } from "../traffic/streams";

/** The steps of a deploy that a fault can strike in, in their order. */
export const STRUCK_STEPS = [
  "warm",
  "verify",
  "test",
  "ramp",
  "cutover",
  "confirm",
  "bake",
  "drain",
  "retire",
] as const;
export type StruckStep = (typeof STRUCK_STEPS)[number];

/**
 * How a deploy ended that a fault struck: done all the same; back before production's ways were changed, so that production never knew; back after it;
 * or left for `resume` and `abort`.
 */
export const RUN_ENDS = ["done", "takenBack", "turnedBack", "left"] as const;
export type RunEnd = (typeof RUN_ENDS)[number];

/** One fault at one step. */
export interface Pair {
  kind: FaultKind;
  /** What tells it from others of its kind, or "". */
  variant: string;
  step: StruckStep;
  /** @param release the one that is deployed, such as `v3` */
  request(release: string): FaultRequest;
  /** Those that are right. */
  ends: readonly RunEnd[];
  /** The fault itself takes requests of production away, whatever a deploy does: they reach what it breaks. */
  harms: boolean;
}

interface Row extends Pick<Pair, "request"> {
  variant?: string;
  /** Steps that it has nothing to strike in are left out. */
  ends: Partial<Record<StruckStep, readonly RunEnd[]>>;
  harms?: readonly StruckStep[];
}

/** AWS seconds of trouble that clients of AWS live through by trying again. */
const BRIEF_SECONDS = 60;
/** AWS seconds: a record change that takes five times as long as Route 53's own minute. */
const PENDING_SECONDS = 300;

const DONE = ["done"] as const;
const TAKEN_BACK = ["takenBack"] as const;
const TURNED_BACK = ["turnedBack"] as const;
const EITHER = ["done", "takenBack"] as const;
/** Steps from the ramp on: the new release has requests of production. */
const SERVING = ["ramp", "cutover", "confirm", "bake", "drain", "retire"] as const;

/** Nothing is asked of AWS in the service's own test, nor in a drain without a cap. */
const ASKING: Row["ends"] = {
  warm: DONE,
  verify: DONE,
  ramp: DONE,
  cutover: DONE,
  confirm: DONE,
  bake: DONE,
  retire: DONE,
};

/** A release that breaks in production is noticed by whoever looks next; when its old release is being stopped nobody looks any more. */
const BROKEN_IN_PRODUCTION: Row["ends"] = {
  ramp: TURNED_BACK,
  cutover: TURNED_BACK,
  confirm: TURNED_BACK,
  bake: TURNED_BACK,
  drain: TURNED_BACK,
  retire: DONE,
};

const BROKEN_RELEASE: Row["ends"] = {
  warm: TAKEN_BACK,
  verify: TAKEN_BACK,
  test: TAKEN_BACK,
  ...BROKEN_IN_PRODUCTION,
};

const everyStep = (ends: readonly RunEnd[]): Row["ends"] =>
  Object.fromEntries(STRUCK_STEPS.map((step) => [step, ends]));

const ROWS: Record<FaultKind, readonly Row[]> = {
  throttle: [{ request: () => ({ kind: "throttle", forSeconds: BRIEF_SECONDS }), ends: ASKING }],
  serverError: [{ request: () => ({ kind: "serverError", forSeconds: BRIEF_SECONDS }), ends: ASKING }],
  slowBoot: [{ request: () => ({ kind: "slowBoot", service: CORE }), ends: { warm: DONE } }],
  launchFailure: [{ request: () => ({ kind: "launchFailure", service: CORE }), ends: { warm: TAKEN_BACK } }],
  imagePullFailure: [
    { request: (release) => ({ kind: "imagePullFailure", service: CORE, release }), ends: { warm: TAKEN_BACK } },
  ],
  crashLoop: [
    {
      request: (release) => ({ kind: "crashLoop", service: CORE, release, afterSeconds: 0 }),
      ends: BROKEN_RELEASE,
      harms: SERVING,
    },
  ],
  unhealthyAfter: [
    {
      request: (release) => ({ kind: "unhealthyAfter", service: CORE, release }),
      ends: BROKEN_RELEASE,
      harms: SERVING,
    },
  ],
  errorsAfter: [
    {
      request: (release) => ({ kind: "errorsAfter", service: CORE, release, share: 0.05, since: "now" }),
      // Its targets are healthy: no drain finds it.
      ends: { ...BROKEN_IN_PRODUCTION, drain: DONE },
      harms: SERVING,
    },
  ],
  failRule: [
    {
      variant: "half-way",
      request: () => ({ kind: "failRule", nth: 2 }),
      ends: { ramp: TURNED_BACK, cutover: TURNED_BACK },
    },
    {
      variant: "answer lost",
      request: () => ({ kind: "failRule", nth: 2, when: "after" }),
      ends: { ramp: TURNED_BACK, cutover: TURNED_BACK },
    },
  ],
  failRecord: [
    { variant: "half-way", request: () => ({ kind: "failRecord", nth: 2 }), ends: { cutover: TURNED_BACK } },
    {
      variant: "answer lost",
      request: () => ({ kind: "failRecord", nth: 2, when: "after" }),
      ends: { cutover: TURNED_BACK },
    },
  ],
  pendingRecord: [{ request: () => ({ kind: "pendingRecord", forSeconds: PENDING_SECONDS }), ends: { cutover: DONE } }],
  dropZone: [
    {
      request: () => ({ kind: "dropZone", zone: "a" }),
      // A service's own test is a client, and may get a lost node's address.
      ends: { ...everyStep(DONE), test: EITHER },
      harms: STRUCK_STEPS,
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
export const PAIRS: readonly Pair[] = Object.entries(ROWS).flatMap(([kind, rows]) =>
  rows.flatMap(({ variant = "", request, ends, harms = [] }) =>
    STRUCK_STEPS.flatMap((step): Pair[] => {
      const right = ends[step];
      return right
        ? [{ kind: kind as FaultKind, variant, step, request, ends: right, harms: harms.includes(step) }]
        : [];
    }),
  ),
);
