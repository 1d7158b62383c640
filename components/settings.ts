import { z } from "zod";
import { CONFIG_NAMESPACE, fault, unknownKey } from "./fault";
import { INSTANCE_TYPE, instanceTypeOf } from "./instance-type";
import { defaultInternalPort } from "./internal-port";
import { faultsBetween } from "./settings-faults";
import { UserError } from "./user-error";

export { CONFIG_NAMESPACE };
/** Set by the deploy script alone; everything else in the namespace is settings. */
export const LIVE_KEY = "live";

/** Of the instance; the rest is for the system and for the ECS agent. */
const DEFAULT_TASK_SHARE = 0.75;
/** TTL of an alias record to a load balancer (60 s, fixed by Route 53) and 20 s for those who were answered last. */
const DEFAULT_DRAIN_SECONDS = 80;
const DEFAULT_STEADY_SECONDS = 30;
/** Fractions are for rehearsals, in which time runs faster. */
const DRAIN_WANTED = "a number of seconds from 0 to 3600";
const DEFAULTS = { instanceType: "t3.small", intervalSeconds: 10, timeoutSeconds: 5 };
/** The only periods that CloudWatch Logs takes. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const wholeNumber = (min: number, max: number) => {
  const wanted = `a whole number from ${min} to ${max}`;
  return z.int({ error: wanted }).min(min, wanted).max(max, wanted);
};
const oneOf = <const T extends readonly string[]>(values: T) => z.enum(values, { error: orList(values) });
const object = <T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? orList(Object.keys(shape)) : "a map of settings"),
  });
const bool = z.boolean({ error: "true or false" });

const HealthCheck = object({
  /** Answers 200 when the task can serve. The check's Host header is the instance's address, not the public name. */
  path: z
    .string({ error: "a path that begins with /" })
    .regex(/^\/[!-~]{0,1023}$/, "a path that begins with /, up to 1024 characters")
    .default("/healthz"),
  intervalSeconds: wholeNumber(5, 300).default(DEFAULTS.intervalSeconds),
  /** Shorter than the interval. */
  timeoutSeconds: wholeNumber(2, 120).default(DEFAULTS.timeoutSeconds),
  healthyCount: wholeNumber(2, 10).default(2),
  unhealthyCount: wholeNumber(2, 10).default(2),
});

/** How a service's colours are reached: by everybody, by other services of the stack. */
export const EXPOSURES = ["public", "internal"] as const;
export type Exposure = (typeof EXPOSURES)[number];

const names = (wanted: string) => z.array(z.string({ error: wanted }), { error: wanted }).default([]);

/** Names of environment variables. */
const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
const VARIABLE_WANTED = "a map from variable names (letters, digits, _) to values";
const SECRET = /^(?:ssm:\/?[\w./-]+|secretsmanager:[\w/+=.@-]+)$/;
const SECRET_WANTED = "where the value is kept: ssm:<name of the parameter> or secretsmanager:<name of the secret>";

const Queue = object({
  /** Longer than the longest job: a job that is not done by then is given out again. */
  visibilityTimeoutSeconds: wholeNumber(1, 43_200).default(60),
  /** A job that was given out this often without being done goes to the dead-letter queue. */
  maxReceiveCount: wholeNumber(1, 1000).default(5),
});

const Size = object({
  min: wholeNumber(1, 100),
  max: wholeNumber(1, 100),
  targetCpuPercent: wholeNumber(10, 90).default(60),
});
const SIZE_WANTED = "a whole number from 1 to 100, or { min, max }";

const Service = object({
  /** `api` answers HTTP requests on edges; `worker` has none: it takes jobs from a queue, or works by itself. */
  kind: oneOf(["api", "worker"]),
  /** Edges that an api is on; default [public]. */
  exposure: z
    .array(oneOf(EXPOSURES), { error: "a list of edges: [public], [internal] or both" })
    .min(1, "a list of edges: [public], [internal] or both")
    .optional(),
  /** Internal services that this one may call; each gives it the variable <NAME>_URL. */
  calls: names("a list of services that are exposed internally"),
  /** Workers that this service may give jobs to; each gives it the variable <NAME>_QUEUE_URL. */
  sends: names("a list of workers that have a queue"),
  /** Of a worker: a queue and a dead-letter queue; it is told by the variable QUEUE_URL. `true` takes the defaults. */
  queue: z
    .union([z.literal(true), Queue], { error: "true, or a map of visibilityTimeoutSeconds and maxReceiveCount" })
    .optional(),
  /** Of an api: port that it listens on in its container; it is told by the variable PORT. */
  port: wholeNumber(1, 65535).default(8080),
  /** Of an internal api: port of its own listener on the internal load balancers. Default: 2000 to 9999, from the name. */
  internalPort: wholeNumber(1024, 65535).optional(),
  /** Instances of the active colour = tasks = targets, when a deploy finds none running. With min and max they follow the CPU. */
  size: z.union([wholeNumber(1, 100), Size], { error: SIZE_WANTED }).default(2),
  healthCheck: HealthCheck.prefault({}),
  instanceType: z
    .string({ error: "an EC2 instance type, such as t3.small" })
    .regex(INSTANCE_TYPE, "an EC2 instance type, such as t3.small")
    .default(DEFAULTS.instanceType),
  /** CPU units of the task: 1024 are one vCPU. Default: three quarters of the instance. */
  cpu: wholeNumber(128, 196_608).optional(),
  /** MiB of the task. Default: three quarters of the instance. */
  memory: wholeNumber(6, 1_000_000).optional(),
  /** Plain environment variables. */
  env: z.record(z.string().regex(VARIABLE), z.string({ error: "text" }), { error: VARIABLE_WANTED }).default({}),
  /** Environment variables whose values are kept elsewhere and are read at the start of each task. */
  secrets: z
    .record(z.string().regex(VARIABLE), z.string({ error: SECRET_WANTED }).regex(SECRET, SECRET_WANTED), {
      error: VARIABLE_WANTED,
    })
    .default({}),
  /** What the service's code may call on AWS, beyond its queues: statements of its task role. */
  iam: z
    .array(
      object({
        actions: z.array(z.string(), { error: "a list of actions, such as s3:GetObject" }).min(1),
        resources: z.array(z.string(), { error: "a list of ARNs" }).min(1),
      }),
      { error: "a list of { actions, resources }" },
    )
    .default([]),
  /** From SIGTERM to SIGKILL when a task is stopped: longer than the longest request or job. */
  stopTimeoutSeconds: wholeNumber(2, 3600).default(30),
  /** How long the load balancer lets requests finish when an instance leaves. */
  deregistrationDelaySeconds: wholeNumber(0, 3600).default(30),
  logRetentionDays: z.literal(RETENTION_DAYS, { error: `one of ${RETENTION_DAYS.join(", ")}` }).default(30),
  /** Shell command that runs once for each release, as a task of its image, before the test. */
  migrate: z.string({ error: "a shell command" }).min(1, "a shell command").optional(),
  /** Shell command that a deploy runs against the test name before the cutover; exit code 0 lets it go on. */
  test: z.string({ error: "a shell command" }).min(1, "a shell command").optional(),
});

const DOMAIN = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/;
const DOMAIN_WANTED = "a domain name in lower case of up to 64 characters, such as example.jp";

const SettingsSchema = object({
  /** A public hosted zone of this name exists in Route 53. */
  domain: z.string({ error: DOMAIN_WANTED }).regex(DOMAIN, DOMAIN_WANTED).max(64, DOMAIN_WANTED),
  services: z.record(z.string(), Service, { error: "a map from service name to its settings" }),
  /** `routed`: rules on both load balancers, then records. `dns`: only the records, as in the original procedure. */
  cutover: oneOf(["routed", "dns"]).default("routed"),
  network: object({
    cidr: z
      .string({ error: "an IPv4 network from /16 to /22, such as 10.0.0.0/16" })
      .refine(isNetwork, "an IPv4 network from /16 to /22, such as 10.0.0.0/16")
      .default("10.0.0.0/16"),
    /** Availability zones. A load balancer needs two. */
    zones: wholeNumber(2, 4).default(2),
    /** One NAT gateway for all zones, or one each: an own one costs more and survives the loss of another zone. */
    nat: oneOf(["single", "perZone"]).default("single"),
  }).prefault({}),
  deploy: object({
    /** From the moment the records are in sync until the old colour is stopped. */
    drainSeconds: z
      .number({ error: DRAIN_WANTED })
      .min(0, DRAIN_WANTED)
      .max(3600, DRAIN_WANTED)
      .default(DEFAULT_DRAIN_SECONDS),
    /** A worker's new tasks have to run this long before the old ones are stopped. */
    steadySeconds: z
      .number({ error: DRAIN_WANTED })
      .min(0, DRAIN_WANTED)
      .max(3600, DRAIN_WANTED)
      .default(DEFAULT_STEADY_SECONDS),
  }).prefault({}),
  /** Load balancers, images and logs survive a `pulumi destroy` by mistake. */
  deletionProtection: bool.default(true),
});

type Parsed = z.output<typeof SettingsSchema>;
type ParsedService = Parsed["services"][string];
/** Cutover modes: `routed` or `dns`. */
export type Cutover = Parsed["cutover"];

/** One service's settings with every default filled in. */
export type ServiceSettings = Readonly<
  Omit<ParsedService, "exposure" | "queue" | "size" | "cpu" | "memory" | "internalPort"> & {
    /** Empty for a worker. */
    exposure: readonly Exposure[];
    /** Null where there is none. */
    queue: z.output<typeof Queue> | null;
    /** `min` = `max` where the size is fixed. */
    size: z.output<typeof Size>;
    internalPort: number;
    cpu: number;
    memory: number;
  }
>;
export type Settings = Readonly<Omit<Parsed, "services"> & { services: Readonly<Record<string, ServiceSettings>> }>;

/**
 * Settings from config values: the keys without their namespace, such as `domain`. Throws a `UserError` that lists every fault, one a line:
 * path, value given, value wanted.
 */
export function parseSettings(raw: Record<string, unknown>): Settings {
  const parsed = SettingsSchema.safeParse(raw);
  const faults = [
    ...(parsed.error?.issues.flatMap((issue) => describe(raw, issue)) ?? []),
    ...faultsBetween(raw, DEFAULTS),
  ];
  if (!parsed.success || faults.length > 0) throw new UserError(faults.join("\n"));
  const services = Object.entries(parsed.data.services).map(([name, service]) => [name, complete(name, service)]);
  return deepFreeze({ ...parsed.data, services: Object.fromEntries(services) });
}

/**
 * The settings among a stack's config: `{"aoshingo:domain": "example.jp", "aws:region": ...}` gives `{domain: "example.jp"}`. Values are plain, as in
 * the stack's yaml, or JSON in strings, as the engine hands them to a program.
 */
export function settingsOf(config: Record<string, unknown>): Record<string, unknown> {
  const prefix = `${CONFIG_NAMESPACE}:`;
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix) && key !== prefix + LIVE_KEY)
      .map(([key, value]) => [key.slice(prefix.length), typeof value === "string" ? fromJson(value) : value]),
  );
}

function complete(name: string, service: ParsedService): ServiceSettings {
  const instance = instanceTypeOf(service.instanceType);
  const { size } = service;
  return {
    ...service,
    exposure: service.exposure ?? (service.kind === "api" ? ["public"] : []),
    queue: service.queue === true ? Queue.parse({}) : (service.queue ?? null),
    size: typeof size === "number" ? Size.parse({ min: size, max: size }) : size,
    internalPort: service.internalPort ?? defaultInternalPort(name),
    cpu: service.cpu ?? Math.floor((instance?.vcpus ?? 1) * 1024 * DEFAULT_TASK_SHARE),
    memory: service.memory ?? Math.floor((instance?.memoryMiB ?? 1024) * DEFAULT_TASK_SHARE),
  };
}

function isNetwork(cidr: string): boolean {
  const [, address = "", bits = ""] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(cidr) ?? [];
  const octets = address.split(".").map(Number);
  const length = Number(bits);
  if (octets.length !== 4 || octets.some((octet) => octet > 255) || length < 16 || length > 22) return false;
  const value = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return value % 2 ** (32 - length) === 0;
}

function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}

function describe(raw: unknown, issue: z.core.$ZodIssue): string[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => unknownKey([...issue.path, key], issue.message));
  }
  const given = issue.path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], raw);
  return [fault(issue.path, given, issue.message)];
}

function orList(values: readonly string[]): string {
  return values.length < 2 ? values.join() : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}
