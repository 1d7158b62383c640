import { z } from "zod";
import { durationSeconds } from "../../core/duration";
import { HTTPS } from "../../core/ports";
import { INSTANCE_TYPE } from "../instance-type";
import { scheduleProblem } from "../schedule";
import {
  command,
  DOMAIN,
  list,
  map,
  network,
  object,
  oneOf,
  SECURITY_GROUP,
  SECURITY_GROUP_WANTED,
  SERVICE_NAME,
  secret,
  text,
  timeZone,
  VARIABLE_NAME,
  VARIABLES_WANTED,
  wholeNumber,
} from "./forms";
import { DEFAULTS, EXPOSURES, HEALTH_PATHS, KINDS, PROTOCOLS } from "./kinds";
import { Sidecar } from "./sidecar";
import { Size } from "./size";
import { Statement } from "./statement";

/** The only periods that CloudWatch Logs accepts. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Characters that a path may have as a value of a listener rule's condition (aws-rules E17). */
const MAX_PATH_LENGTH = 128;

/**
 * Characters that ELB allows in a condition for paths, without its wildcards; `*` stands for everything below a path.
 */
const PATH_PATTERN = /^(?:\/[A-Za-z0-9_.$~"'@:+&-]*)*\/(?:\*|[A-Za-z0-9_.$~"'@:+&-]*)$/;

/** The characters of paths and queries in a URL; others are percent-encoded. */
const PROBE_PATTERN = /^\/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]{0,1023}$/;
/** So many are asked on connections of their own all the time. */
const MAX_PROBES = 5;

const DURATION_OR_NONE = /^(?:0s|[1-9]\d{0,5}[smh])$/;

/** The longest deregistration delay (aws-rules E37). */
const MAX_WITHIN_SECONDS = 3600;

const HealthCheck = object({
  path: text(/^\/[!-~]{0,1023}$/, "a path that begins with /, up to 1024 characters")
    .describe(
      `Answers 200 when the task can serve. The check's Host header is the instance's address, not the public name. With protocol: grpc a method that answers OK. A release keeps its own: change it together with the code that answers there. Default: ${HEALTH_PATHS.http1}, with grpc ${HEALTH_PATHS.grpc}.`,
    )
    .optional(),
  intervalSeconds: wholeNumber(5, 300)
    .describe("Time from one check of a target to the next.")
    .default(DEFAULTS.intervalSeconds),
  timeoutSeconds: wholeNumber(2, 120).describe("Shorter than the interval.").default(DEFAULTS.timeoutSeconds),
  healthyCount: wholeNumber(2, 10)
    .describe("Passed checks in a row that make a target healthy again.")
    .default(DEFAULTS.healthyCount),
  unhealthyCount: wholeNumber(2, 10).describe("Failed checks in a row that make a target unhealthy.").default(2),
});

export const Queue = object({
  visibilityTimeoutSeconds: wholeNumber(1, 43_200)
    .describe("Longer than the longest work on a message: one that is not done by then is delivered again.")
    .default(DEFAULTS.visibilityTimeoutSeconds),
  maxReceiveCount: wholeNumber(1, 1000)
    .describe("A message that was received this often without being done goes to the dead-letter queue.")
    .default(5),
});

const WITHIN_WANTED = "a time up to 1h, such as 15m, or 0s for no longer than other requests";

export const StreamTime = text(DURATION_OR_NONE, WITHIN_WANTED).refine(
  (time) => (durationSeconds(time) ?? 0) <= MAX_WITHIN_SECONDS,
  WITHIN_WANTED,
);

const Streams = object({
  within: StreamTime.describe(
    "How long streams that are open on the old colour may go on when it is taken out of service. At least stopTimeoutSeconds, which other requests have at each scale-in: load balancers have one time for both.",
  ),
});

const PEER_NETWORK_WANTED =
  "an IPv4 network, such as 10.20.0.0/24, or an address with /32, such as 10.20.0.5/32; no name, and not 0.0.0.0/0, which would let everything out to everybody";

/** One place outside the stack that a service's instances may connect to: exactly one of `cidr` and `securityGroup`. */
export type EgressRule = z.output<typeof EgressRule>;

const EgressRule = object({
  port: wholeNumber(1, 65535)
    .refine((port) => port !== HTTPS, `another port than ${HTTPS}, which is open to everywhere already`)
    .describe("TCP port to connect to, such as 5432. Not 443, which is open to everywhere already."),
  cidr: network(1, 32, PEER_NETWORK_WANTED)
    .describe("IPv4 network or, with /32, address to connect to. Not 0.0.0.0/0.")
    .optional(),
  securityGroup: text(SECURITY_GROUP, SECURITY_GROUP_WANTED)
    .describe("Instead of cidr: ID of the security group to connect to, which must admit the service's instances.")
    .optional(),
});

const HOSTS_WANTED = "a list of host names, such as [example.jp, www.example.jp]";
const PATHS_WANTED = "a list of paths, such as [/api, /api/*]";
const PROBES_WANTED = `a list of at most ${MAX_PROBES} paths, such as [/users?limit=1]`;
const EGRESS_WANTED = "a list of maps of port and either cidr or securityGroup, at most 20";
const USES_WANTED = "a list with the name of one database, such as [main]";
const EDGES_WANTED = "a list of edges: [public], [internal] or both";
const SCHEDULE_WANTED = "a schedule, such as rate(1 hour) or cron(30 4 * * ? *)";
const egressRules = () => z.array(EgressRule, { error: EGRESS_WANTED }).max(20, EGRESS_WANTED);

export const Service = object({
  kind: oneOf(KINDS).describe(
    "An api answers HTTP requests on edges; a worker is on no edge: it takes messages from a queue, or works by itself; a job is a task that starts at the times of its schedule and ends by itself.",
  ),
  schedule: z
    .string({ error: SCHEDULE_WANTED })
    .superRefine((expression, { addIssue }) => {
      const wanted = scheduleProblem(expression);
      if (wanted !== undefined) addIssue(wanted);
    })
    .describe(
      "For a job: when it starts. rate(15 minutes) is by the clock, in UTC; cron(30 4 * * ? *) has AWS's six fields.",
    )
    .optional(),
  timeZone: timeZone()
    .describe("For a job with cron(...): time zone of the schedule, as IANA names it. Default: UTC.")
    .optional(),
  exposure: list(oneOf(EXPOSURES), EDGES_WANTED)
    .min(1, EDGES_WANTED)
    .describe("For an api: the edges that it is on. Default: [public].")
    .optional(),
  hosts: list(text(DOMAIN, "a host name in lower case, such as www.example.jp"), HOSTS_WANTED)
    .describe("For a public api: names of its own beside <service>.<domain>, such as the domain itself.")
    .default([]),
  paths: list(
    text(PATH_PATTERN, "a path such as /login, or with /* at its end such as /api/*").max(
      MAX_PATH_LENGTH,
      `a path of up to ${MAX_PATH_LENGTH} characters`,
    ),
    PATHS_WANTED,
  )
    .min(1, PATHS_WANTED)
    .describe("With hosts: the paths that it answers there, so that services can share a host. Default: all.")
    .optional(),
  calls: list(z.string({ error: "the name of a service" }), "a list of services that are exposed internally")
    .describe("Services exposed internally that this one may call; each sets the variable <NAME>_URL.")
    .default([]),
  sends: list(z.string({ error: "the name of a worker" }), "a list of workers that have a queue")
    .describe("Workers with a queue that this service may send messages to; each sets the variable <NAME>_QUEUE_URL.")
    .default([]),
  uses: list(z.string({ error: "the name of a database" }), USES_WANTED)
    .max(1, USES_WANTED)
    .describe(
      "The database of this service: it gets a user of its own there, and the variables PGHOST, PGPORT, PGDATABASE, PGUSER, PGPASSWORD, PGSSLMODE and DATABASE_CA_CERT.",
    )
    .default([]),
  queue: z
    .union([z.literal(true), Queue], { error: "true, or a map of visibilityTimeoutSeconds and maxReceiveCount" })
    .describe(
      "For a worker: a queue, whose URL is in the variable QUEUE_URL, and a dead-letter queue. True takes the defaults.",
    )
    .optional(),
  protocol: oneOf(PROTOCOLS)
    .describe(
      "For an api: what it speaks on its port, in clear text: HTTP/1.1, HTTP/2 (h2c), or gRPC. Clients of the last two have to speak HTTP/2.",
    )
    .default("http1"),
  port: wholeNumber(1, 65535)
    .describe("For an api: the port that it listens on in its container, which the variable PORT has.")
    .default(8080),
  internalPort: wholeNumber(1024, 65535)
    .describe(
      "For an internal api: port of its listener on the internal load balancers. Default: 2000 to 9999, from the name.",
    )
    .optional(),
  size: z
    .union([wholeNumber(1, 100), Size], { error: "a whole number from 1 to 100, or a map of min and max" })
    .describe("Instances of the active colour, each with one task. With min and max they follow the load.")
    .default(2),
  healthCheck: HealthCheck.describe("For an api: how the load balancers check that a task can serve.").prefault({}),
  instanceType: text(INSTANCE_TYPE, "an EC2 instance type, such as t3.small")
    .describe("EC2 instance type. Those with a g after the generation are Graviton: images must be built for arm64.")
    .default(DEFAULTS.instanceType),
  cpu: wholeNumber(128, 196_608)
    .describe("CPU units of the task: 1024 are one vCPU. Default: three quarters of the instance; of a job 256.")
    .optional(),
  memory: wholeNumber(6, 1_000_000)
    .describe("MiB of the task. Default: three quarters of the instance; of a job the least for its cpu.")
    .optional(),
  egress: egressRules()
    .describe("Places outside the stack that instances may connect to on another port than 443, such as a database.")
    .optional(),
  reaches: egressRules().optional().describe("The former name of egress.").meta({ deprecated: true }),
  env: map(VARIABLE_NAME, z.string({ error: "text (a number or true in quotes)" }), VARIABLES_WANTED)
    .describe("Environment variables.")
    .default({}),
  secrets: map(VARIABLE_NAME, secret(), VARIABLES_WANTED)
    .describe(
      "Environment variables whose values are kept in SSM or Secrets Manager; ECS reads them at the start of each task.",
    )
    .default({}),
  iam: z
    .array(Statement, { error: "a list of maps of actions and resources" })
    .describe("AWS actions that the service's code may call, beyond its queues: statements of its task role.")
    .default([]),
  sidecars: map(SERVICE_NAME, Sidecar, "a map from a sidecar's name to its settings")
    .describe("More containers in each task, such as an agent or a proxy. The service reaches one at its name.")
    .default({}),
  exec: z
    .boolean({ error: "true or false" })
    .describe(
      "ECS Exec: `npx aoshingo exec` runs a command or a shell in a task. The root file system of its containers can then be written to.",
    )
    .default(false),
  stopTimeoutSeconds: wholeNumber(2, 3600)
    .describe(
      "From SIGTERM to SIGKILL when a task is stopped: longer than the longest request, or the work on the longest message.",
    )
    .default(DEFAULTS.stopTimeoutSeconds),
  deregistrationDelaySeconds: wholeNumber(0, 3600)
    .describe(
      "For an api: how long the load balancers let requests finish when an instance is deregistered, also when load falls or one is replaced: longer than the longest request.",
    )
    .default(DEFAULTS.deregistrationDelaySeconds),
  streams: Streams.describe(
    "For an api with WebSockets or server-sent events: what becomes of open ones when a new release replaces the old.",
  ).optional(),
  logRetentionDays: z
    .literal(RETENTION_DAYS, { error: `one of ${RETENTION_DAYS.join(", ")}` })
    .describe("How many days CloudWatch Logs keeps what the service logs.")
    .default(30),
  migrate: command()
    .describe("Shell command that runs once for each release, as a task of its image, before the test.")
    .optional(),
  test: command()
    .describe(
      "Shell command that a deploy runs against the new release before the cutover; it goes on with exit code 0.",
    )
    .optional(),
  probes: list(
    text(
      PROBE_PATTERN,
      "a path that begins with /, in the characters of a URL (others percent-encoded), such as /users?limit=1",
    ),
    PROBES_WANTED,
  )
    .max(MAX_PROBES, PROBES_WANTED)
    .describe(
      "For a public api: paths that production answers to a GET without a 5xx. A deploy asks for each every 2 s in the bake, and rolls back when one fails twice in a row.",
    )
    .default([]),
});
