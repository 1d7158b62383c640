import ipaddr from "ipaddr.js";
import { z } from "zod";
import { HTTPS } from "../core/ports";
import { INSTANCE_TYPE } from "./instance-type";

// Texts in `describe` are shown by editors (docs/settings.schema.json); texts in `error` end the line on a wrong value: "..., wanted <text>".

/** How a service's colours are reached: by everybody, by other services of the stack. */
export const EXPOSURES = ["public", "internal"] as const;
export type Exposure = (typeof EXPOSURES)[number];

/** Those that rules between values need, too. */
export const DEFAULTS = {
  instanceType: "t3.small",
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyCount: 2,
  stopTimeoutSeconds: 30,
  deregistrationDelaySeconds: 30,
  visibilityTimeoutSeconds: 60,
};
/** TTL of an alias record to a load balancer (60 s, fixed by Route 53) and 20 s for those who were answered last. */
const DRAIN_SECONDS = 80;
const STEADY_SECONDS = 30;
/** Load balancers report once a minute, and late: a shorter watch sees nothing (aws-rules W8). */
const BAKE_SECONDS = 180;
const RAMP_PAUSE_SECONDS = 180;
/** Load balancers' metrics have one point a minute (aws-rules W5). */
const METRIC_PERIOD_SECONDS = 60;
/** With records alone, as long again as most resolvers stretch a TTL. */
export const DRAIN_CAP_SECONDS = { routed: 0, dns: 300 };
/** The only periods that CloudWatch Logs takes. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** One label with "-test" behind it fits into DNS, and all names made of it fit into AWS's limits. */
export const SERVICE_NAME = /^[a-z](?:[a-z0-9]|-(?=[a-z0-9])){1,29}$/;
export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
/** Systems Manager wants a leading slash as soon as there is one in the name. */
const SECRET = /^(?:ssm:(?:[\w.-]+|(?:\/[\w.-]+)+)|secretsmanager:[\w/+=.@-]+)$/;
/** Of the addresses that notifications go to: who knows one may write there. */
const KEPT_ADDRESS = new RegExp(`^env:[A-Za-z_][A-Za-z0-9_]*$|${SECRET.source}`);
const TOPIC = /^arn:aws[\w-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/;
const REPOSITORY = /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})\/[\w.-]{1,100}$/;
const DURATION = /^[1-9]\d{0,5}[smh]$/;
const ACTION = /^[a-z0-9-]+:[A-Za-z0-9*?]+$/;
const RESOURCE = /^(?:\*|arn:\S+)$/;

const wholeNumber = (min: number, max: number) => {
  const wanted = `a whole number from ${min} to ${max}`;
  return z.int({ error: wanted }).min(min, wanted).max(max, wanted);
};
/** As the API of GitHub gives them: `gh api repos/OWNER/NAME --jq "{owner: .owner.id, repository: .id}"`. */
const gitHubId = () => z.int({ error: "a number that GitHub gave" }).min(1, "a number that GitHub gave");
/** Fractions are for rehearsals, in which time runs faster. */
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
/** Keys are looked at by the rules between settings: one that is wrong must not hide what is wrong with its value. */
const map = <T extends z.ZodType>(keys: RegExp, value: T, wanted: string) =>
  z.record(z.string(), value, { error: wanted }).meta({ propertyNames: { pattern: keys.source } });

const HealthCheck = object({
  path: text(/^\/[!-~]{0,1023}$/, "a path that begins with /, up to 1024 characters")
    .describe(
      "Answers 200 when the task can serve. The check's Host header is the instance's address, not the public name.",
    )
    .default("/healthz"),
  intervalSeconds: wholeNumber(5, 300).default(DEFAULTS.intervalSeconds),
  timeoutSeconds: wholeNumber(2, 120).describe("Shorter than the interval.").default(DEFAULTS.timeoutSeconds),
  healthyCount: wholeNumber(2, 10)
    .describe("Passed checks in a row that make a target healthy again.")
    .default(DEFAULTS.healthyCount),
  unhealthyCount: wholeNumber(2, 10).describe("Failed checks in a row that make a target unhealthy.").default(2),
});

export const Queue = object({
  visibilityTimeoutSeconds: wholeNumber(1, 43_200)
    .describe("Longer than the longest job: a job that is not done by then is given out again.")
    .default(DEFAULTS.visibilityTimeoutSeconds),
  maxReceiveCount: wholeNumber(1, 1000)
    .describe("A job that was given out this often without being done goes to the dead-letter queue.")
    .default(5),
});

export const Size = object({
  min: wholeNumber(1, 100),
  max: wholeNumber(1, 100),
  targetCpuPercent: wholeNumber(10, 90).describe("Instances are added above it and removed below it.").default(60),
});

const Statement = object({
  actions: list(text(ACTION, "an action, such as s3:GetObject"), "a list of actions, such as s3:GetObject").min(
    1,
    "a list of actions, such as s3:GetObject",
  ),
  resources: list(text(RESOURCE, "an ARN, or *"), "a list of ARNs").min(1, "a list of ARNs"),
});

/** One place outside the stack that a service's instances may connect to: exactly one of `cidr` and `securityGroup`. */
export type EgressRule = z.output<typeof EgressRule>;

const PEER_NETWORK_WANTED =
  "an IPv4 network of the database, such as 10.20.0.0/24: 0.0.0.0/0 would let everything out to everybody";

const EgressRule = object({
  port: wholeNumber(1, 65535)
    .refine((port) => port !== HTTPS, `another port than ${HTTPS}, which is open to everywhere already`)
    .describe("TCP port there, such as 5432. Not 443, which is open to everywhere already."),
  cidr: z
    .string({ error: PEER_NETWORK_WANTED })
    .refine((cidr) => isNetwork(cidr, 1, 32), PEER_NETWORK_WANTED)
    .describe("Its network or, with /32, its address. Not 0.0.0.0/0.")
    .optional(),
  securityGroup: text(/^sg-(?:[0-9a-f]{8}|[0-9a-f]{17})$/, "the id of a security group, such as sg-0123456789abcdef0")
    .describe("Instead of cidr: id of its security group, which has to let the service's instances in.")
    .optional(),
});

const EGRESS_WANTED = "a list of maps of port and either cidr or securityGroup, at most 20";
const EDGES_WANTED = "a list of edges: [public], [internal] or both";
const VARIABLES_WANTED = "a map from variable names to values";
const RAMP_WANTED = "a list of percentages from 1 to 99, each higher than the one before, such as [1, 10, 50]";
const ALARM_WANTED = "the name of a CloudWatch alarm";
const PERCENT_WANTED = "a percentage from 0 to 100";
const RATIO_WANTED = "a number from 1";
const REPOSITORY_WANTED = "a repository as GitHub spells it: owner/name";
const ENVIRONMENT_WANTED = "the name of an environment on GitHub: letters, digits, dots, hyphens and underscores";
const KEY_WANTED = "the ARN of a KMS key";
const SECRET_WANTED = "where the value is kept, such as ssm:/prod/users/token or secretsmanager:prod/users/token";

const ADDRESS_WANTED =
  "where the URL is kept, such as env:SLACK_WEBHOOK, ssm:/prod/slack-webhook or secretsmanager:prod/slack-webhook";
const NOTIFY_WANTED = "a list of maps with one of webhook, slack, sns and githubDeployment each";

const Notify = object({
  webhook: text(KEPT_ADDRESS, ADDRESS_WANTED)
    .describe("Gets each notification as JSON by POST. The URL is kept elsewhere: env:, ssm: or secretsmanager:.")
    .optional(),
  slack: text(KEPT_ADDRESS, ADDRESS_WANTED).describe("An incoming webhook of Slack, kept in the same ways.").optional(),
  sns: text(TOPIC, "the ARN of an SNS topic").describe("ARN of an SNS topic.").optional(),
  githubDeployment: text(REPOSITORY, "a repository on GitHub, as owner/name")
    .describe("Repository whose deployments show these; the token comes from the variable GITHUB_TOKEN.")
    .optional(),
})
  .refine((one) => Object.keys(one).length === 1, { error: NOTIFY_WANTED, when: ({ issues }) => issues.length === 0 })
  .meta({ minProperties: 1, maxProperties: 1 });

const Ci = object({
  repository: text(/^[A-Za-z0-9-]+\/[\w.-]+$/, REPOSITORY_WANTED).describe(
    "Whose jobs may take the roles, as GitHub spells it: capitals count.",
  ),
  ids: object({ owner: gitHubId(), repository: gitHubId() })
    .describe("Numbers of owner and repository. Needed for a repository made since 15 July 2026: its tokens have them.")
    .optional(),
  environment: text(/^[\w.-]{1,255}$/, ENVIRONMENT_WANTED)
    .describe("The GitHub environment in which deploys run. Default: the stack's name.")
    .optional(),
  branch: text(/^[\w./-]+$/, "the name of a branch")
    .describe("Whose jobs may look for drift.")
    .default("main"),
  provider: oneOf(["create", "existing"])
    .describe("An account has one OIDC provider for GitHub: create it, or use what another stack has made.")
    .default("create"),
  stateBucket: text(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "the name of a bucket")
    .describe("The bucket with Pulumi's state, for a backend in S3.")
    .optional(),
  secretsKey: text(/^arn:aws:kms:\S+:key\/\S+$/, KEY_WANTED)
    .describe("The KMS key of the stack's secrets provider, for one by KMS.")
    .optional(),
  iam: z
    .array(Statement, { error: "a list of maps of actions and resources" })
    .describe("What services' tests call on AWS: statements of the deploy's role.")
    .default([]),
});

const egressRules = () => z.array(EgressRule, { error: EGRESS_WANTED }).max(20, EGRESS_WANTED);

const Service = object({
  kind: oneOf(["api", "worker"]).describe(
    "An api answers HTTP requests on edges; a worker has none: it takes jobs from a queue, or works by itself.",
  ),
  exposure: list(oneOf(EXPOSURES), EDGES_WANTED)
    .min(1, EDGES_WANTED)
    .describe("Of an api: the edges that it is on. Default: [public].")
    .optional(),
  calls: list(z.string({ error: "the name of a service" }), "a list of services that are exposed internally")
    .describe("Services exposed internally that this one may call; each gives it the variable <NAME>_URL.")
    .default([]),
  sends: list(z.string({ error: "the name of a worker" }), "a list of workers that have a queue")
    .describe("Workers with a queue that this service may give jobs to; each gives it the variable <NAME>_QUEUE_URL.")
    .default([]),
  queue: z
    .union([z.literal(true), Queue], { error: "true, or a map of visibilityTimeoutSeconds and maxReceiveCount" })
    .describe("Of a worker: a queue and a dead-letter queue, told by the variable QUEUE_URL. True takes the defaults.")
    .optional(),
  port: wholeNumber(1, 65535)
    .describe("Of an api: the port that it listens on in its container, told by the variable PORT.")
    .default(8080),
  internalPort: wholeNumber(1024, 65535)
    .describe(
      "Of an internal api: port of its listener on the internal load balancers. Default: 2000 to 9999, from the name.",
    )
    .optional(),
  size: z
    .union([wholeNumber(1, 100), Size], { error: "a whole number from 1 to 100, or a map of min and max" })
    .describe("Instances of the active colour, each with one task. With min and max they follow the CPU.")
    .default(2),
  healthCheck: HealthCheck.describe("Of an api: how the load balancers see that a task can serve.").prefault({}),
  instanceType: text(INSTANCE_TYPE, "an EC2 instance type, such as t3.small")
    .describe("EC2 instance type. Those with a g after the generation are Graviton: images have to be built for arm64.")
    .default(DEFAULTS.instanceType),
  cpu: wholeNumber(128, 196_608)
    .describe("CPU units of the task: 1024 are one vCPU. Default: three quarters of the instance.")
    .optional(),
  memory: wholeNumber(6, 1_000_000).describe("MiB of the task. Default: three quarters of the instance.").optional(),
  egress: egressRules()
    .describe("Places outside the stack that instances may connect to on another port than 443, such as a database.")
    .optional(),
  reaches: egressRules().optional().describe("The former name of egress.").meta({ deprecated: true }),
  env: map(VARIABLE_NAME, z.string({ error: "text (a number or true in quotes)" }), VARIABLES_WANTED)
    .describe("Environment variables.")
    .default({}),
  secrets: map(VARIABLE_NAME, text(SECRET, SECRET_WANTED), VARIABLES_WANTED)
    .describe("Environment variables whose values are kept elsewhere and are read at the start of each task.")
    .default({}),
  iam: z
    .array(Statement, { error: "a list of maps of actions and resources" })
    .describe("What the service's code may call on AWS, beyond its queues: statements of its task role.")
    .default([]),
  stopTimeoutSeconds: wholeNumber(2, 3600)
    .describe("From SIGTERM to SIGKILL when a task is stopped: longer than the longest request or job.")
    .default(DEFAULTS.stopTimeoutSeconds),
  deregistrationDelaySeconds: wholeNumber(0, 3600)
    .describe("Of an api: how long the load balancers let requests finish when an instance leaves.")
    .default(DEFAULTS.deregistrationDelaySeconds),
  logRetentionDays: z
    .literal(RETENTION_DAYS, { error: `one of ${RETENTION_DAYS.join(", ")}` })
    .describe("How long CloudWatch Logs keeps what the service logs.")
    .default(30),
  migrate: command()
    .describe("Shell command that runs once for each release, as a task of its image, before the test.")
    .optional(),
  test: command()
    .describe("Shell command that a deploy runs against the new release before the cutover; exit code 0 lets it go on.")
    .optional(),
});

/** Settings as they are written. What a service's settings are once all are filled in: `ServiceSettings`. */
export const SettingsSchema = object({
  domain: text(DOMAIN, "a domain name in lower case of up to 64 characters, such as example.jp")
    .max(64, "a domain name in lower case of up to 64 characters, such as example.jp")
    .describe("A public hosted zone of this name exists in Route 53."),
  services: map(SERVICE_NAME, Service, "a map from service name to its settings").describe(
    "One block for each service: adding it brings all that the service needs, removing it takes that away.",
  ),
  notify: z
    .array(Notify, { error: NOTIFY_WANTED })
    .describe("Who is told when a run starts, cuts over, waits for approval, goes back, and ends.")
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
      .describe("Private addresses of all that runs. Chosen once: another one would be another network.")
      .default("10.0.0.0/16"),
    zones: wholeNumber(2, 4).describe("Availability zones. A load balancer needs two.").default(2),
    nat: oneOf(["single", "perZone"])
      .describe(
        "One NAT gateway for all zones, or one each: an own one costs more and survives the loss of another zone.",
      )
      .default("single"),
    flowLogs: oneOf(["none", "rejected", "all"])
      .describe("Connections in the network that CloudWatch Logs keeps for 30 days: none, those refused, or all.")
      .default("none"),
  }).prefault({}),
  deploy: object({
    drainSeconds: seconds()
      .describe("From the moment the records are in sync until the old colour is stopped.")
      .default(DRAIN_SECONDS),
    steadySeconds: seconds()
      .describe("A worker's new tasks have to run this long before the old ones are stopped.")
      .default(STEADY_SECONDS),
    drainCapSeconds: seconds()
      .describe(
        "After drainSeconds the old colour is waited for until it gets no requests any more, at most this long in all. Default: 0 (not at all), with cutover: dns 300.",
      )
      .optional(),
    atDrainCap: oneOf(["retire", "keep"])
      .describe("What becomes of an old colour that still gets requests at the cap: it is stopped, or kept and told.")
      .default("retire"),
    approve: oneOf(["before-cutover"])
      .describe(
        "The new release gets requests of production only once somebody has approved it. Default: nobody is asked.",
      )
      .optional(),
    approveWithin: text(DURATION, "a time such as 30m, 90s or 2h")
      .describe("How long a deploy waits for approval before it goes back.")
      .default("30m"),
    ramp: z
      .array(wholeNumber(1, 99), { error: RAMP_WANTED })
      .refine((shares) => shares.every((share, place) => place === 0 || share > shares[place - 1]!), RAMP_WANTED)
      .describe("Percent of production's requests that the new release gets before it gets all, one after the other.")
      .default([]),
    rampPauseSeconds: seconds()
      .describe("How long each share of the ramp is watched before the next one.")
      .default(RAMP_PAUSE_SECONDS),
    bakeSeconds: seconds()
      .describe(
        "How long the new release is watched after the cutover, with the old one still warm: what goes wrong then is rolled back.",
      )
      .default(BAKE_SECONDS),
    alarms: list(z.string({ error: ALARM_WANTED }).min(1, ALARM_WANTED), "a list of CloudWatch alarms' names")
      .describe(
        "CloudWatch alarms: one that fires refuses a deploy at its start and takes it back while it is watched.",
      )
      .default([]),
    maxErrorPercent: z
      .number({ error: PERCENT_WANTED })
      .min(0, PERCENT_WANTED)
      .max(100, PERCENT_WANTED)
      .describe("Answers with 5xx that the new release may give, in percent on top of what the old one gave.")
      .default(1),
    maxLatencyRatio: z
      .number({ error: RATIO_WANTED })
      .min(1, RATIO_WANTED)
      .describe("So many times the old release's average response time is too slow.")
      .default(2),
    metricPeriodSeconds: seconds()
      .describe("Period of the load balancers' metrics. Shorter ones are for rehearsals.")
      .default(METRIC_PERIOD_SECONDS),
  }).prefault({}),
  ci: Ci.describe("Roles that jobs on GitHub may take to deploy and to preview. Without it there are none.").optional(),
  deletionProtection: z
    .boolean({ error: "true or false" })
    .describe("Load balancers, images and logs survive a `pulumi destroy` by mistake.")
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
