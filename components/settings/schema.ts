import ipaddr from "ipaddr.js";
import { z } from "zod";
import { durationSeconds } from "../core/duration";
import { HTTPS } from "../core/ports";
import { isTimeZone } from "../core/time-zone";
import { DAYS } from "../core/week";
import { INSTANCE_TYPE } from "./instance-type";
import { scheduleProblem } from "./schedule";

// Texts in `describe` are shown by editors (docs/settings.schema.json). Texts in `error` end the line about a wrong
// value: "..., wanted <text>".

/** The edges: `public` for everybody, `internal` for other services of the stack. */
export const EXPOSURES = ["public", "internal"] as const;
export type Exposure = (typeof EXPOSURES)[number];
/** The kinds of services. */
export const KINDS = ["api", "worker", "job"] as const;
export type Kind = (typeof KINDS)[number];

/** What an api speaks to the load balancers, as AWS names the protocol versions of target groups. */
const PROTOCOLS = ["http1", "http2", "grpc"] as const;
export type Protocol = (typeof PROTOCOLS)[number];
/** The path of a health check, without a setting: with gRPC the method of the standard health service. */
export const HEALTH_PATHS: Readonly<Record<Protocol, string>> = {
  http1: "/healthz",
  http2: "/healthz",
  grpc: "/grpc.health.v1.Health/Check",
};

/** Defaults that rules between settings need as well. */
export const DEFAULTS = {
  instanceType: "t3.small",
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyCount: 2,
  stopTimeoutSeconds: 30,
  deregistrationDelaySeconds: 30,
  visibilityTimeoutSeconds: 60,
  sidecarCpu: 128,
  sidecarMemory: 128,
};
/**
 * TTL of an alias record to a load balancer (60 s, fixed by Route 53), and 20 s for clients that resolved the name
 * last.
 */
const DRAIN_SECONDS = 80;
const STEADY_SECONDS = 30;
/** Load balancers report once a minute, with a delay: a shorter bake sees nothing (aws-rules W8). */
const BAKE_SECONDS = 180;
const RAMP_PAUSE_SECONDS = 180;
/** Load balancers' metrics have one point a minute (aws-rules W5). */
const METRIC_PERIOD_SECONDS = 60;
/**
 * Until then the old colour stays while it still gets requests. Longer than rule changes are known to take until every
 * node of a load balancer follows them (aws-rules E24), and with `dns` as long again as most resolvers stretch a TTL.
 */
export const DRAIN_CAP_SECONDS = 300;
/** The only periods that CloudWatch Logs accepts. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Certificates of a load balancer beside the default one (aws-rules E11). */
const MAX_FURTHER_DOMAINS = 25;
/** Characters that a path may have as a value of a listener rule's condition (aws-rules E17). */
const MAX_PATH_LENGTH = 128;

/** A name whose label with "-test" appended fits into DNS, and whose derived names fit into AWS's limits. */
export const SERVICE_NAME = /^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){1,29}$/;
export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
/** Systems Manager requires a leading slash in a name that contains one. */
const SECRET = /^(?:ssm:(?:[\w.-]+|(?:\/[\w.-]+)+)|secretsmanager:[\w/+=.@-]+)$/;
/** Matches where a URL for notifications is kept. The URL itself is a secret: anyone who has it can post to it. */
const KEPT_ADDRESS = new RegExp(`^env:[A-Za-z_][A-Za-z0-9_]*$|${SECRET.source}`);
const TOPIC = /^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/;
/** Web ACLs of load balancers are regional ones. */
const WEB_ACL = /^arn:aws[\w-]*:wafv2:[a-z0-9-]+:\d{12}:regional\/webacl\/[\w-]{1,128}\/[\w-]{1,36}$/;
/**
 * Characters that ELB allows in a condition for paths, without its wildcards; `*` stands for everything below a path.
 */
const PATH_PATTERN = /^(?:\/[A-Za-z0-9_.$~"'@:+&-]*)*\/(?:\*|[A-Za-z0-9_.$~"'@:+&-]*)$/;
const REPOSITORY = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/[\w.-]{1,100}$/;
const TIME_OF_DAY = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
/** With the end of the day. */
const END_OF_DAY = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/;
const TIME_OF_WEEK = new RegExp(`^(?:${DAYS.join("|")}) (?:[01]\\d|2[0-3]):[0-5]\\d$`);
const DURATION = /^[1-9]\d{0,5}[smh]$/;
const VPC = /^vpc-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
const SUBNET = /^subnet-(?:[0-9a-f]{8}|[0-9a-f]{17})$/;
/** A tag of the service's own repository, `users:agent-1`; an image of ECR by tag; or any image by digest. */
const SIDECAR_IMAGE =
  /^(?:[a-z][a-z0-9-]*:[\w][\w.-]{0,127}|\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?\/[a-z0-9._/-]+:[\w][\w.-]{0,127}|[\w.:-]+(?:\/[\w.-]+)*(?::[\w][\w.-]{0,127})?@sha256:[0-9a-f]{64})$/;
const DURATION_OR_NONE = /^(?:0s|[1-9]\d{0,5}[smh])$/;
/** The longest deregistration delay (aws-rules E37). */
const MAX_WITHIN_SECONDS = 3600;
const ACTION = /^[a-z0-9-]+:[A-Za-z0-9*?]+$/;
const RESOURCE = /^(?:\*|arn:\S+)$/;

const ZONE_WANTED = "a time zone, such as Asia/Tokyo";
const timeZone = () => z.string({ error: ZONE_WANTED }).refine(isTimeZone, ZONE_WANTED);
const wholeNumber = (min: number, max: number) => {
  const wanted = `a whole number from ${min} to ${max}`;
  return z.int({ error: wanted }).min(min, wanted).max(max, wanted);
};
/** A number from GitHub's API: `gh api repos/OWNER/NAME --jq "{owner: .owner.id, repository: .id}"`. */
const gitHubId = () => z.int({ error: "a number that GitHub gave" }).min(1, "a number that GitHub gave");
/** Seconds; fractions are for rehearsals, in which time runs faster. */
const seconds = () => {
  const wanted = "a number of seconds from 0 to 3600";
  return z.number({ error: wanted }).min(0, wanted).max(3600, wanted);
};
const text = (pattern: RegExp, wanted: string) => z.string({ error: wanted }).regex(pattern, wanted);
const command = () => z.string({ error: "a shell command" }).min(1, "a shell command");
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, { error: orList(values) });
const object = <T extends Record<string, z.ZodType>>(shape: T) => {
  const keys = Object.keys(shape).filter((key) => !shape[key]!.meta()?.deprecated);
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? orList(keys) : "a map of settings"),
  });
};
const list = <T extends z.ZodType<string>>(item: T, wanted: string) =>
  z
    .array(item, { error: wanted })
    .refine((items) => new Set(items).size === items.length, `${wanted}, each once`)
    .meta({ uniqueItems: true });
/** The rules between settings check the keys, because a wrong key must not hide what is wrong with its value. */
const map = <T extends z.ZodType>(keys: RegExp, value: T, wanted: string) =>
  z.record(z.string(), value, { error: wanted }).meta({ propertyNames: { pattern: keys.source } });

const HealthCheck = object({
  path: text(/^\/[!-~]{0,1023}$/, "a path that begins with /, up to 1024 characters")
    .describe(
      `Answers 200 when the task can serve. The check's Host header is the instance's address, not the public name. With protocol: grpc a method that answers OK. Default: ${HEALTH_PATHS.http1}, with grpc ${HEALTH_PATHS.grpc}.`,
    )
    .optional(),
  intervalSeconds: wholeNumber(5, 300).default(DEFAULTS.intervalSeconds),
  timeoutSeconds: wholeNumber(2, 120).describe("Shorter than the interval.").default(DEFAULTS.timeoutSeconds),
  healthyCount: wholeNumber(2, 10)
    .describe("Passed checks in a row that make a target healthy again.")
    .default(DEFAULTS.healthyCount),
  unhealthyCount: wholeNumber(2, 10).describe("Failed checks in a row that make a target unhealthy.").default(2),
});

export const Queue = object({
  visibilityTimeoutSeconds: wholeNumber(1, 43_200)
    .describe("Longer than the longest job: a job that is not done by then is delivered again.")
    .default(DEFAULTS.visibilityTimeoutSeconds),
  maxReceiveCount: wholeNumber(1, 1000)
    .describe("A job that was received this often without being done goes to the dead-letter queue.")
    .default(5),
});

const WITHIN_WANTED = "a time up to 1h, such as 15m, or 0s to cut open streams at once";
export const StreamTime = text(DURATION_OR_NONE, WITHIN_WANTED).refine(
  (time) => (durationSeconds(time) ?? 0) <= MAX_WITHIN_SECONDS,
  WITHIN_WANTED,
);

const Streams = object({
  within: StreamTime.describe(
    "How long streams that are open on the old colour may go on when it is taken out of service.",
  ),
});

const DAYS_WANTED = "a list of days, such as [Mon, Fri]";
const SIZE_SCHEDULE_WANTED = "a list of maps of from, to and min, at most 20";

const ScheduledMinimum = object({
  days: list(oneOf(DAYS), DAYS_WANTED)
    .min(1, DAYS_WANTED)
    .describe("Days on which it begins.")
    .default([...DAYS]),
  from: text(TIME_OF_DAY, 'a time in quotes, such as "08:00"').describe("When it begins."),
  to: text(END_OF_DAY, 'a time in quotes, such as "20:00"; "24:00" is the end of the day').describe(
    "When it ends: on the next day if that is not later than from.",
  ),
  min: wholeNumber(1, 100).describe("Least number of instances in this time, above size.min."),
});

/** A time of the week with a higher minimum. */
export type ScheduledMinimum = z.output<typeof ScheduledMinimum>;

export const Size = object({
  min: wholeNumber(1, 100),
  max: wholeNumber(1, 100),
  targetCpuPercent: wholeNumber(10, 90).describe("Instances are added above it and removed below it.").default(60),
  targetRequestsPerMinute: wholeNumber(1, 1_000_000)
    .describe("For an api: the same for the number of requests that each instance gets in a minute, on each edge.")
    .optional(),
  schedule: z
    .array(ScheduledMinimum, { error: SIZE_SCHEDULE_WANTED })
    .max(20, SIZE_SCHEDULE_WANTED)
    .describe("Times of the week with a higher minimum; where several overlap the highest counts.")
    .default([]),
  timeZone: timeZone().describe("Time zone of the schedule, as IANA names it. Default: UTC.").optional(),
});

const Statement = object({
  actions: list(text(ACTION, "an action, such as s3:GetObject"), "a list of actions, such as s3:GetObject").min(
    1,
    "a list of actions, such as s3:GetObject",
  ),
  resources: list(text(RESOURCE, "an ARN, or *"), "a list of ARNs").min(1, "a list of ARNs"),
});

/** One more container of a service's tasks. */
export type SidecarSettings = z.output<typeof Sidecar>;

/** One place outside the stack that a service's instances may connect to: exactly one of `cidr` and `securityGroup`. */
export type EgressRule = z.output<typeof EgressRule>;

const PEER_NETWORK_WANTED =
  "an IPv4 network of the database, such as 10.20.0.0/24: 0.0.0.0/0 would let everything out to everybody";

const EgressRule = object({
  port: wholeNumber(1, 65535)
    .refine((port) => port !== HTTPS, `another port than ${HTTPS}, which is open to everywhere already`)
    .describe("TCP port to connect to, such as 5432. Not 443, which is open to everywhere already."),
  cidr: z
    .string({ error: PEER_NETWORK_WANTED })
    .refine((cidr) => isNetwork(cidr, 1, 32), PEER_NETWORK_WANTED)
    .describe("IPv4 network or, with /32, address to connect to. Not 0.0.0.0/0.")
    .optional(),
  securityGroup: text(/^sg-(?:[0-9a-f]{8}|[0-9a-f]{17})$/, "the id of a security group, such as sg-0123456789abcdef0")
    .describe("Instead of cidr: ID of the security group to connect to, which must admit the service's instances.")
    .optional(),
});

const DOMAIN_WANTED = "a domain name in lower case of up to 64 characters, such as example.jp";
const DOMAINS_WANTED = "a list of domain names, such as [example.com]";
const HOSTS_WANTED = "a list of host names, such as [example.jp, www.example.jp]";
const PATHS_WANTED = "a list of paths, such as [/api, /api/*]";
const EGRESS_WANTED = "a list of maps of port and either cidr or securityGroup, at most 20";
const EDGES_WANTED = "a list of edges: [public], [internal] or both";
const VARIABLES_WANTED = "a map from variable names to values";
const COMMAND_WORDS_WANTED = "a list of words, such as [--config, /etc/agent.yaml]";
const RAMP_WANTED = "a list of percentages from 1 to 99, each higher than the one before, such as [1, 10, 50]";
const ALARM_WANTED = "the name of a CloudWatch alarm";
const PERCENT_WANTED = "a percentage from 0 to 100";
const TIME_OF_WEEK_WANTED = "a day and a time, such as Fri 16:00";
const SCHEDULE_WANTED = "a schedule, such as rate(1 hour) or cron(30 2 * * ? *)";
const RATIO_WANTED = "a number from 1";
const REPOSITORY_WANTED = "a repository as GitHub spells it: owner/name";
const ENVIRONMENT_WANTED = "the name of an environment on GitHub: letters, digits, dots, hyphens and underscores";
const WEB_ACL_WANTED =
  "the ARN of a regional web ACL, such as arn:aws:wafv2:ap-northeast-1:123456789012:regional/webacl/shop/0123abcd";
const KEY_WANTED = "the ARN of a KMS key";
const HEADER_WANTED = "the name of a header, such as x-preview: up to 40 letters, digits and hyphens, and not Host";
const SECRET_WANTED = "where the value is kept, such as ssm:/prod/users/token or secretsmanager:prod/users/token";

const ADDRESS_WANTED =
  "where the URL is kept, such as env:SLACK_WEBHOOK, ssm:/prod/slack-webhook or secretsmanager:prod/slack-webhook";
const NOTIFY_WANTED = "a list of maps with one of webhook, slack, sns and githubDeployment each";

const Notify = object({
  webhook: text(KEPT_ADDRESS, ADDRESS_WANTED)
    .describe("Where the URL is kept (env:, ssm: or secretsmanager:) that gets each notification as JSON by POST.")
    .optional(),
  slack: text(KEPT_ADDRESS, ADDRESS_WANTED)
    .describe("Where the URL of an incoming webhook of Slack is kept, in the same ways.")
    .optional(),
  sns: text(TOPIC, "the ARN of an SNS topic").describe("ARN of an SNS topic.").optional(),
  githubDeployment: text(REPOSITORY, "a repository on GitHub, as owner/name")
    .describe("Repository whose deployments show the runs; the variable GITHUB_TOKEN has the token.")
    .optional(),
})
  .refine((one) => Object.keys(one).length === 1, { error: NOTIFY_WANTED, when: ({ issues }) => issues.length === 0 })
  .meta({ minProperties: 1, maxProperties: 1 });

const FreezeWindow = object({
  from: text(TIME_OF_WEEK, TIME_OF_WEEK_WANTED).describe("Day and time at which the freeze begins, such as Fri 16:00."),
  to: text(TIME_OF_WEEK, TIME_OF_WEEK_WANTED).describe("Day and time at which it ends, such as Mon 08:00."),
  zone: timeZone().describe("Time zone of both, as IANA names it.").default("UTC"),
  except: oneOf(["rollback"]).describe("rollback: a rollback stays possible. Default: it is frozen, too.").optional(),
}).refine(({ from, to }) => from !== to, {
  error: "another time of the week than from",
  path: ["to"],
  when: ({ issues }) => issues.length === 0,
});

const Ci = object({
  repository: text(/^[A-Za-z0-9-]+\/[\w.-]+$/, REPOSITORY_WANTED).describe(
    "Repository whose jobs may take the roles, as GitHub spells it: case matters.",
  ),
  ids: object({ owner: gitHubId(), repository: gitHubId() })
    .describe(
      "Numbers of owner and repository. Required for a repository made since 15 July 2026, whose tokens have them.",
    )
    .optional(),
  environment: text(/^[\w.-]{1,255}$/, ENVIRONMENT_WANTED)
    .describe("The GitHub environment in which deploys run. Default: the stack's name.")
    .optional(),
  branch: text(/^[\w./-]+$/, "the name of a branch")
    .describe("Branch whose jobs may check for drift.")
    .default("main"),
  provider: oneOf(["create", "existing"])
    .describe("An account has one OIDC provider for GitHub: create it, or use the one that another stack created.")
    .default("create"),
  stateBucket: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket")
    .describe("The bucket with Pulumi's state, for a backend in S3.")
    .optional(),
  secretsKey: text(/^arn:aws[\w-]*:kms:\S+:key\/\S+$/, KEY_WANTED)
    .describe("The KMS key of the stack's secrets, for a secrets provider with KMS.")
    .optional(),
  iam: z
    .array(Statement, { error: "a list of maps of actions and resources" })
    .describe("AWS actions that services' tests call: statements of the deploy role.")
    .default([]),
});

const SUBNETS_WANTED = "a list of two or more subnets, one for each availability zone";
/** A load balancer needs two zones and takes one subnet of each (aws-rules E5). */
const subnets = () =>
  list(text(SUBNET, "the id of a subnet, such as subnet-0123456789abcdef0"), SUBNETS_WANTED).min(2, SUBNETS_WANTED);
const SIDECAR_IMAGE_WANTED =
  "an image by digest, such as public.ecr.aws/xray/aws-xray-daemon@sha256:..., or a tag in ECR: <service>:TAG of the service's own repository, or <account>.dkr.ecr.<region>.amazonaws.com/NAME:TAG";

const Sidecar = object({
  image: text(SIDECAR_IMAGE, SIDECAR_IMAGE_WANTED).describe(
    "Image by digest (NAME@sha256:...), or by tag in ECR: <service>:TAG of the service's own repository, or a whole reference. A deploy pins a tag.",
  ),
  command: z
    .array(z.string({ error: COMMAND_WORDS_WANTED }), { error: COMMAND_WORDS_WANTED })
    .min(1, COMMAND_WORDS_WANTED)
    .describe("Replaces the image's CMD, as in a Dockerfile: words, without a shell.")
    .optional(),
  env: map(VARIABLE_NAME, z.string({ error: "text (a number or true in quotes)" }), VARIABLES_WANTED)
    .describe("Environment variables of this container.")
    .default({}),
  secrets: map(VARIABLE_NAME, text(SECRET, SECRET_WANTED), VARIABLES_WANTED)
    .describe("Environment variables of this container whose values are kept in SSM or Secrets Manager.")
    .default({}),
  cpu: wholeNumber(2, 196_608)
    .describe("CPU units, of those of the task: its share when there is not enough for all containers.")
    .default(DEFAULTS.sidecarCpu),
  memory: wholeNumber(6, 1_000_000)
    .describe(
      "MiB, of those of the task: a container that uses more is killed. The service's own container has the rest.",
    )
    .default(DEFAULTS.sidecarMemory),
  essential: z
    .boolean({ error: "true or false" })
    .describe("True: its end ends the whole task, and ECS starts a new one. False: the service goes on without it.")
    .default(true),
  stopTimeoutSeconds: wholeNumber(2, 3600)
    .describe("From SIGTERM to SIGKILL. It gets SIGTERM when the service's own container has ended.")
    .default(DEFAULTS.stopTimeoutSeconds),
});

const egressRules = () => z.array(EgressRule, { error: EGRESS_WANTED }).max(20, EGRESS_WANTED);

const Service = object({
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
      "For a job: when it starts. rate(15 minutes) is by the clock, in UTC; cron(30 2 * * ? *) has AWS's six fields.",
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
    .describe("Workers with a queue that this service may send jobs to; each sets the variable <NAME>_QUEUE_URL.")
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
  secrets: map(VARIABLE_NAME, text(SECRET, SECRET_WANTED), VARIABLES_WANTED)
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
      "ECS Exec: `npm run exec` runs a command or a shell in a task. The root file system of its containers can then be written to.",
    )
    .default(false),
  stopTimeoutSeconds: wholeNumber(2, 3600)
    .describe("From SIGTERM to SIGKILL when a task is stopped: longer than the longest request or job.")
    .default(DEFAULTS.stopTimeoutSeconds),
  deregistrationDelaySeconds: wholeNumber(0, 3600)
    .describe("For an api: how long the load balancers let requests finish when an instance is deregistered.")
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
});

/** Settings as users write them. `ServiceSettings` is a service's settings with all defaults filled in. */
export const SettingsSchema = object({
  domain: text(DOMAIN, DOMAIN_WANTED)
    .max(64, DOMAIN_WANTED)
    .describe("A public hosted zone of this name must exist in Route 53."),
  furtherDomains: list(text(DOMAIN, DOMAIN_WANTED).max(64, DOMAIN_WANTED), DOMAINS_WANTED)
    .max(MAX_FURTHER_DOMAINS, `${DOMAINS_WANTED}, at most ${MAX_FURTHER_DOMAINS}`)
    .describe(
      "Domains of services' hosts beside domain. Each has a public hosted zone in Route 53, and gets a certificate.",
    )
    .default([]),
  services: map(SERVICE_NAME, Service, "a map from service name to its settings").describe(
    "One block for each service: adding it creates everything that the service needs, removing it deletes that.",
  ),
  testHeader: object({
    name: text(/^(?!host$)[A-Za-z0-9-]{1,40}$/i, HEADER_WANTED).describe("Name of the header, such as x-preview."),
    value: text(SECRET, SECRET_WANTED).describe(
      "Where the header's value is kept: 20 to 128 letters, digits, hyphens and underscores.",
    ),
  })
    .describe(
      "Requests with this header reach the idle colour under the production name and under own hosts. Default: none.",
    )
    .optional(),
  notify: z
    .array(Notify, { error: NOTIFY_WANTED })
    .describe("Where notifications go when a run starts, waits for approval, cuts over, rolls back and ends.")
    .default([]),
  cutover: oneOf(["routed", "dns"])
    .describe(
      "routed: rules on both load balancers, then records. dns: only the records, as in the original procedure.",
    )
    .default("routed"),
  network: object({
    cidr: z
      .string({ error: "an IPv4 network from /16 to /22, such as 10.0.0.0/16" })
      .refine((cidr) => isNetwork(cidr, 16, 22), "an IPv4 network from /16 to /22, such as 10.0.0.0/16")
      .describe("Private addresses of the VPC. It cannot change later: another one would be another VPC.")
      .default("10.0.0.0/16"),
    zones: wholeNumber(2, 4).describe("Availability zones. A load balancer needs two.").default(2),
    nat: oneOf(["single", "perZone"])
      .describe(
        "One NAT gateway for all zones, or one for each: that costs more and survives the loss of another zone.",
      )
      .default("single"),
    flowLogs: oneOf(["none", "rejected", "all"])
      .describe("Connections in the network that CloudWatch Logs keeps for 30 days: none, those refused, or all.")
      .default("none"),
    vpc: text(VPC, "the id of a VPC, such as vpc-0123456789abcdef0")
      .describe("A VPC that exists already, with publicSubnets and privateSubnets, instead of a new one.")
      .optional(),
    publicSubnets: subnets()
      .describe("Of an existing VPC: the subnets of the public load balancers, routed to an internet gateway.")
      .optional(),
    privateSubnets: subnets()
      .describe("Of an existing VPC: the subnets of instances and internal load balancers, routed to a NAT gateway.")
      .optional(),
  }).prefault({}),
  deploy: object({
    drainSeconds: seconds()
      .describe("Time from when the records are in sync until the old colour stops.")
      .default(DRAIN_SECONDS),
    steadySeconds: seconds()
      .describe("How long a worker's new tasks must run before the old ones stop.")
      .default(STEADY_SECONDS),
    drainCapSeconds: seconds()
      .describe(
        "After drainSeconds the deploy waits until the old colour gets no more requests, at most this long in all. 0: no wait.",
      )
      .default(DRAIN_CAP_SECONDS),
    atDrainCap: oneOf(["retire", "keep"])
      .describe(
        "What happens to an old colour that still gets requests at the cap: it stops, or the deploy keeps it and reports it.",
      )
      .default("retire"),
    approve: oneOf(["before-cutover"])
      .describe("The new release gets production requests only after somebody has approved it. Default: no approval.")
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
    alarms: list(z.string({ error: ALARM_WANTED }).min(1, ALARM_WANTED), "a list of CloudWatch alarms' names")
      .describe(
        "CloudWatch alarms: a deploy does not start while one fires, and rolls back if one fires during ramp or bake.",
      )
      .default([]),
    maxErrorPercent: z
      .number({ error: PERCENT_WANTED })
      .min(0, PERCENT_WANTED)
      .max(100, PERCENT_WANTED)
      .describe("How many more responses with 5xx the new release may give than the old one, in percent of all.")
      .default(1),
    maxLatencyRatio: z
      .number({ error: RATIO_WANTED })
      .min(1, RATIO_WANTED)
      .describe("The new release is too slow above this multiple of the old release's average response time.")
      .default(2),
    metricPeriodSeconds: seconds()
      .describe("Period of the load balancers' metrics. Shorter ones are for rehearsals.")
      .default(METRIC_PERIOD_SECONDS),
  }).prefault({}),
  freeze: z
    .array(FreezeWindow, { error: "a list of maps of from, to, zone and except" })
    .describe("Times of each week in which nothing is deployed. Taking an unfinished run back stays possible.")
    .default([]),
  ci: Ci.describe(
    "Roles that jobs on GitHub may take to deploy and to preview. Without it there are no such roles.",
  ).optional(),
  containerInsights: oneOf(["disabled", "enabled", "enhanced"])
    .describe(
      "Metrics of each cluster, service and task in CloudWatch, for which CloudWatch charges. Default: the account's own setting.",
    )
    .optional(),
  webAcl: text(WEB_ACL, WEB_ACL_WANTED)
    .describe("ARN of a web ACL of AWS WAF, which then sees every request to the public load balancers. Default: none.")
    .optional(),
  deletionProtection: z
    .boolean({ error: "true or false" })
    .describe("Load balancers, images and logs survive an accidental `pulumi destroy`.")
    .default(true),
});

/** True for an IPv4 network in its canonical form, such as `10.20.0.0/24`, whose length is within the limits. */
function isNetwork(cidr: string, minLength: number, maxLength: number): boolean {
  if (!ipaddr.IPv4.isValidCIDR(cidr)) return false;
  const [, length] = ipaddr.IPv4.parseCIDR(cidr);
  const canonical = `${ipaddr.IPv4.networkAddressFromCIDR(cidr)}/${length}`;
  return cidr === canonical && length >= minLength && length <= maxLength;
}

function orList(values: readonly string[]): string {
  return values.length < 2 ? values.join() : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}
