import { z } from "zod";
import { UserError } from "../../../components/core/user-error";
import { AWS_SERVICE_NAMES } from "./aws-services";

const OPERATION = new RegExp(`^(\\*|(${AWS_SERVICE_NAMES.join("|")}):[A-Za-z0-9]*\\*?)$`);
const WHOLE = "wanted a whole number from 1";
const SECONDS = "wanted a number of AWS seconds from 0";
const SHARE = "wanted a share above 0 and up to 1, such as 0.05";
const FACTOR = "wanted a factor above 1, such as 5";
const TEXT = "wanted a text that is not empty";

/** Accepts the text of a command, too. */
const number = (wanted: string) => z.coerce.number<number>({ error: wanted });
const whole = () => number(WHOLE).int(WHOLE).min(1, WHOLE);
const seconds = () => number(SECONDS).min(0, SECONDS);
const text = () => z.string({ error: TEXT }).min(1, TEXT);
const oneOf = <const Word extends string>(...words: Word[]) => z.enum(words, { error: `wanted ${words.join(" or ")}` });

const pattern = z
  .string()
  .regex(OPERATION, `wanted *, SERVICE:* or SERVICE:Operation; services are ${AWS_SERVICE_NAMES.join(", ")}`);
const operation = pattern.default("*").describe("such as elasticloadbalancing:ModifyRule, ecs:Describe* or *");
const forSeconds = seconds().optional().describe("AWS seconds until it ends by itself");
const count = (what: string) => whole().optional().describe(`ends after so many ${what}`);
/** For a lasting fault: what it changed stays so until the fault is switched off. */
const most = (what: string) => whole().optional().describe(`is injected into so many ${what} at most`);
const place = {
  service: text().optional().describe("of that service only"),
  colour: oneOf("blue", "green").optional().describe("of that colour only"),
};
const tasks = { ...place, release: text().optional().describe("of that release only, such as v2") };
const afterSeconds = (byDefault: number) =>
  seconds().default(byDefault).describe("AWS seconds, counted as `since` says");
const since = oneOf("start", "now")
  .default("start")
  .describe("start: of each task; now: from the moment that the fault is switched on");
const change = (what: string) => ({
  nth: whole().default(1).describe(`the first ${what} that fails, counted from now`),
  count: whole().default(1).describe("so many fail, one after the other"),
  when: oneOf("before", "after")
    .default("before")
    .describe("before: nothing is changed; after: it took effect, and the answer was lost"),
  match: text().optional().describe("counts only those whose names contain this"),
  forSeconds,
});

const machines = <Count extends z.ZodType>(count: Count) => ({ ...tasks, count, forSeconds });

/** EC2's notice before it interrupts a spot instance. */
const NOTICE_SECONDS = 120;
/** About the time that the rehearsal cloud itself takes to start: 3 s at 20 : 1. AWS gives no such number. */
const RESTART_SECONDS = 60;
/** Two times to live of a load balancer's addresses. AWS gives no number for how long old nodes stay. */
const NODES_GONE_SECONDS = 120;

/** Until a standby has taken over. Our number: RDS's guide says that it is usually 60 to 120 s until clients are back. */
const FAILOVER_SECONDS = 30;
const SLOW_SECONDS = 2;
const databases = { database: text().optional().describe("the database of that name only") };

/**
 * Every fault that can be switched on: what happens on AWS, by rule of aws-rules.md, and its parameters with their
 * defaults.
 */
export const FAULTS = {
  throttle: z
    .strictObject({ operation, count: count("calls"), forSeconds })
    .describe(
      "AWS throttles calls: `Throttling: Rate exceeded`, HTTP 400 (R7-R8 is one case). The SDK tries 4 times, the provider 25 times with back-off.",
    ),
  serverError: z
    .strictObject({ operation, count: count("calls"), forSeconds })
    .describe(
      "AWS fails by itself: `InternalFailure`, HTTP 500, before anything took effect. Retried like `throttle`.",
    ),
  slowBoot: z
    .strictObject({
      factor: number(FACTOR).gt(1, FACTOR).default(5).describe("times the 25 to 40 s that a machine takes otherwise"),
      ...place,
      count: count("machines"),
      forSeconds,
    })
    .describe("Machines boot slowly, so that waits for capacity and grace periods run out (A7, A14)."),
  launchFailure: z
    .strictObject({
      zone: text().optional().describe("in that zone only, such as ap-northeast-1a or a"),
      ...place,
      count: count("launches"),
      forSeconds,
    })
    .describe("EC2 has no capacity: each launch is a failed scaling activity, no call fails (A12)."),
  imagePullFailure: z
    .strictObject({ ...tasks, count: count("tasks"), forSeconds })
    .describe("The registry does not answer: CannotPullContainerError, where the machine has no copy (C14, C15)."),
  crashLoop: z
    .strictObject({ ...tasks, afterSeconds: afterSeconds(5), since, count: count("tasks"), forSeconds })
    .describe("A task's process aborts (SIGABRT, exit code 134), and so do those that ECS starts for it (C7, E34)."),
  unhealthyAfter: z
    .strictObject({ ...tasks, afterSeconds: afterSeconds(0), since, count: most("tasks"), forSeconds })
    .describe("A task answers 503 to health checks and to everybody else (E32, A5)."),
  errorsAfter: z
    .strictObject({
      share: number(SHARE).gt(0, SHARE).max(1, SHARE).default(0.05).describe("of the answers; every 20th for 0.05"),
      ...tasks,
      afterSeconds: afterSeconds(0),
      since,
      count: most("tasks"),
      forSeconds,
    })
    .describe(
      "A healthy task answers with 500 instead of what it meant: a bad release that no health check finds (W5-W6).",
    ),
  failRule: z
    .strictObject(change("change of a listener rule"))
    .describe("One of several rule changes of an `up` fails for good, the others go through (E24-E25)."),
  failRecord: z
    .strictObject(change("record change"))
    .describe("One of several record changes of an `up` fails for good, the others go through (R2)."),
  pendingRecord: z
    .strictObject({
      match: text().optional().describe("only changes of names that contain this"),
      nameServers: number("wanted 0 to 3")
        .int("wanted 0 to 3")
        .min(0, "wanted 0 to 3")
        .max(3, "wanted 0 to 3")
        .default(0)
        .describe("how many of the four take the change all the same"),
      count: most("changes"),
      forSeconds,
    })
    .describe(
      "Record changes that are made while it is on stay PENDING until it is off; the provider gives up after 30 min (R5).",
    ),
  dropZone: z
    .strictObject({
      zone: text().describe("such as ap-northeast-1a or a"),
      loadBalancer: text().optional().describe("only those whose names contain this"),
      count: most("nodes"),
      forSeconds,
    })
    .describe(
      "The load balancers' nodes of a zone refuse connections; after 60 s DNS leaves them out. Machines in the zone go on.",
    ),
  nodesChange: z
    .strictObject({
      loadBalancer: text().optional().describe("only those whose names contain this"),
      goneAfterSeconds: seconds().default(NODES_GONE_SECONDS).describe("AWS seconds until the old addresses refuse"),
      count: most("load balancers"),
    })
    .describe(
      "Load balancers get other nodes, as when they scale: new addresses in DNS at once, the old ones go later (E41). Ends by itself.",
    ),
  loseInstance: z
    .strictObject(machines(whole().default(1).describe("so many are lost, the oldest first")))
    .describe(
      "The hardware of machines fails: connections break off, and Auto Scaling replaces them. ECS lists their tasks for up to 20 min (C23).",
    ),
  loseAgent: z
    .strictObject(machines(whole().default(1).describe("so many machines at most")))
    .describe("The ECS agent of machines disconnects until the fault is off; their tasks go on serving (C23, C28)."),
  spotInterruption: z
    .strictObject({
      noticeSeconds: seconds().default(NOTICE_SECONDS).describe("AWS seconds from EC2's notice to the end"),
      ...machines(whole().default(1).describe("so many are interrupted, the oldest first")),
    })
    .describe("EC2 takes spot machines back: after a notice of 2 min they shut down, and Auto Scaling replaces them."),
  rebalance: z
    .strictObject(machines(whole().default(1).describe("so many are replaced, the oldest first")))
    .describe(
      "Auto Scaling balances the zones: it launches a machine, and terminates one that serves when the new one is ready (A9, A33).",
    ),
  failover: z
    .strictObject({
      ...databases,
      awaySeconds: seconds().default(FAILOVER_SECONDS).describe("AWS seconds until it takes connections again"),
    })
    .describe(
      "A database fails over to its standby, once: all connections break off, and none is taken for a while. What was committed is there (B12).",
    ),
  connectionsUsedUp: z
    .strictObject({ ...databases, forSeconds, count: most("databases") })
    .describe("Somebody holds all connections that are free: new ones get `53300: too many connections` (B7)."),
  slowDatabase: z
    .strictObject({
      ...databases,
      seconds: seconds().gt(0, SECONDS).default(SLOW_SECONDS).describe("AWS seconds that each answer takes longer"),
      forSeconds,
      count: most("databases"),
    })
    .describe("Databases answer slowly, such as with a full disk queue or without burst credits."),
  restart: z
    .strictObject({
      operation: pattern.optional().describe("goes with the first such call, which takes effect (default: at once)"),
      awaySeconds: seconds().default(RESTART_SECONDS).describe("AWS seconds until it is back"),
    })
    .describe(
      "The control plane restarts, once: provider and AWS API refuse calls, those in flight break off. Tasks, load balancers, DNS, queues and state live on.",
    ),
} as const;

export type FaultKind = keyof typeof FAULTS;
export const FAULT_KINDS = Object.keys(FAULTS) as FaultKind[];
export type FaultParameters<Kind extends FaultKind> = z.output<(typeof FAULTS)[Kind]>;
/** A request to switch a fault on: its kind, and the parameters that differ from the defaults. */
export type FaultRequest = { [Kind in FaultKind]: { kind: Kind } & z.input<(typeof FAULTS)[Kind]> }[FaultKind];

/**
 * Faults that change a state, and not one call or one attempt: what they have changed stays so until they are switched
 * off.
 */
export const LASTING: readonly FaultKind[] = [
  "unhealthyAfter",
  "errorsAfter",
  "pendingRecord",
  "dropZone",
  "nodesChange",
  "loseAgent",
  "failover",
  "connectionsUsedUp",
  "slowDatabase",
  "restart",
];

/** @throws UserError in one line, with what was given and what is wanted */
export function parseFault(request: unknown): { kind: FaultKind; parameters: FaultParameters<FaultKind> } {
  const { kind, ...given } = z.looseObject({ kind: z.string() }).parse(request);
  if (!isKind(kind)) throw new UserError(`there is no fault "${kind}"; wanted one of ${FAULT_KINDS.join(", ")}`);
  const parsed = FAULTS[kind].safeParse(given);
  if (parsed.success) return { kind, parameters: parsed.data };
  const known = Object.keys(FAULTS[kind].shape).join(", ");
  const wrong = parsed.error.issues.map((issue) => {
    if (issue.code === "unrecognized_keys") return `no parameter ${issue.keys.join(", ")}; it has ${known}`;
    const [key = ""] = issue.path.map(String);
    return `${key}: ${issue.message}, given ${key in given ? JSON.stringify(given[key]) : "nothing"}`;
  });
  throw new UserError(`fault ${kind}: ${wrong.join("; ")}`);
}

function isKind(text: string): text is FaultKind {
  return Object.hasOwn(FAULTS, text);
}
