import type { z } from "zod";
import { durationSeconds } from "../core/duration";
import { databaseSecretName, type Owner } from "../core/names";
import { UserError } from "../core/user-error";
import { PASSWORD } from "./database-variables";
import { DEFAULT_FARGATE_CPU, fargateMemory } from "./fargate";
import { taskSizeOf } from "./instance-type";
import { defaultInternalPort } from "./internal-port";
import { meantKey } from "./meant-key";
import { CONFIG_NAMESPACE, problem, unknownKey } from "./problem";
import { problemsBetween } from "./rules";
import { type Schedule, scheduleOf, UTC } from "./schedule";
import { SettingsSchema } from "./schema";
import type { Database } from "./schema/database";
import { type Exposure, HEALTH_PATHS, type Kind, type Protocol } from "./schema/kinds";
import { type EgressRule, Queue } from "./schema/service";
import type { SidecarSettings } from "./schema/sidecar";
import { Size } from "./schema/size";

export type { Exposure, Kind, Protocol, SidecarSettings };
export { CONFIG_NAMESPACE };
/** Key of the live state, which only the deploy script sets. Every other key in the namespace is a setting. */
export const LIVE_KEY = "live";

type Parsed = z.output<typeof SettingsSchema>;
type ParsedService = Parsed["services"][string];
/** `routed` or `dns`. */
export type Cutover = Parsed["cutover"];

type ParsedDatabase = z.output<typeof Database>;
/** Settings of a database that the program makes. */
export type NewDatabase = Readonly<Omit<ParsedDatabase, "existing">>;
/** Settings of a database that is there already, and that the program leaves where it is. */
export type ExistingDatabase = Readonly<NonNullable<ParsedDatabase["existing"]> & { database: string }>;
/** Settings of one database. */
type DatabaseSettings = NewDatabase | { readonly existing: ExistingDatabase };

/** Settings of the roles that jobs on GitHub take to deploy and to preview. */
export type CiSettings = Readonly<NonNullable<Parsed["ci"]>>;

/** One service's settings with every default filled in. */
export type ServiceSettings = Readonly<
  Omit<
    ParsedService,
    | "exposure"
    | "queue"
    | "schedule"
    | "timeZone"
    | "size"
    | "cpu"
    | "memory"
    | "internalPort"
    | "egress"
    | "reaches"
    | "streams"
    | "healthCheck"
  > & {
    /** When a job starts; null for other kinds. */
    schedule: Schedule | null;
    /** The edges that it is on; empty for a worker and a job. */
    exposure: readonly Exposure[];
    /** Null without a queue. */
    queue: z.output<typeof Queue> | null;
    /**
     * Null for a service without streams. With it the deregistration delay and the stop timeout are the longer of
     * `withinSeconds` and the stop timeout that is set: the task gets SIGTERM when its instance is deregistered, and both
     * let streams and other requests live.
     */
    streams: { readonly withinSeconds: number } | null;
    /** `min` equals `max` for a fixed size. 1 for a job: its colour is ready to run tasks. */
    size: z.output<typeof Size>;
    healthCheck: ParsedService["healthCheck"] & { path: string };
    internalPort: number;
    egress: readonly EgressRule[];
    cpu: number;
    memory: number;
  }
>;
/** A VPC that the program makes. */
export type NewNetwork = Readonly<Pick<Parsed["network"], "cidr" | "zones" | "availabilityZones" | "nat" | "flowLogs">>;
/** A VPC that exists already, and that the program leaves as it is. */
export interface ExistingNetwork {
  readonly vpc: string;
  readonly publicSubnets: readonly string[];
  readonly privateSubnets: readonly string[];
}
export type Settings = Readonly<
  Omit<Parsed, "services" | "network" | "databases"> & {
    network: NewNetwork | ExistingNetwork;
    services: Readonly<Record<string, ServiceSettings>>;
    databases: Readonly<Record<string, DatabaseSettings>>;
  }
>;

/**
 * Parses and completes settings.
 *
 * @param raw config values by key without the namespace, such as `domain`
 * @param owner the stack, whose name is in those of the secrets that the program itself declares
 * @throws UserError that lists every problem on a line of its own: path, value given, value wanted
 */
export function parseSettings(raw: Record<string, unknown>, owner: Owner = ANY_OWNER): Settings {
  const parsed = SettingsSchema.safeParse(raw);
  const problems = [...(parsed.error?.issues.flatMap((issue) => describe(raw, issue)) ?? []), ...problemsBetween(raw)];
  if (!parsed.success || problems.length > 0) throw new UserError(problems.join("\n"));
  const services = Object.entries(parsed.data.services).map(([name, service]) => [
    name,
    complete(name, service, owner),
  ]);
  return deepFreeze({
    ...parsed.data,
    network: networkOf(parsed.data.network),
    services: Object.fromEntries(services),
    databases: Object.fromEntries(
      Object.entries(parsed.data.databases).map(([name, database]) => [name, databaseOf(name, database)]),
    ),
  });
}

/** For settings that are only checked. */
const ANY_OWNER: Owner = { project: "project", stack: "stack" };

/** The existing network if one is named, else the new one. The rules between settings keep the two apart. */
function networkOf({ vpc, publicSubnets, privateSubnets, ...created }: Parsed["network"]): Settings["network"] {
  return vpc && publicSubnets && privateSubnets ? { vpc, publicSubnets, privateSubnets } : created;
}

/** The existing database if the settings say one, else a new one. The rules between settings keep the two apart. */
function databaseOf(name: string, { existing, ...created }: ParsedDatabase): DatabaseSettings {
  return existing ? { existing: { ...existing, database: existing.database ?? name } } : created;
}

/** The existing databases that the setting `databases` names, by name; none where the setting is wrong. */
export function existingDatabasesOf(raw: unknown): Readonly<Record<string, ExistingDatabase>> {
  const { data = {} } = SettingsSchema.shape.databases.safeParse(raw);
  return existingOnes(Object.fromEntries(Object.entries(data).map(([name, one]) => [name, databaseOf(name, one)])));
}

/** Returns the settings of those databases that existed before the stack, by name. */
export function existingOnes(databases: Settings["databases"]): Readonly<Record<string, ExistingDatabase>> {
  return Object.fromEntries(
    Object.entries(databases).flatMap(([name, one]) => ("existing" in one ? [[name, one.existing]] : [])),
  );
}

/** The existing network that the setting `network` names; null for a new one, and where the setting is wrong. */
export function existingNetworkOf(raw: unknown): ExistingNetwork | null {
  const { data } = SettingsSchema.shape.network.safeParse(raw);
  const network = data && networkOf(data);
  return network && "vpc" in network ? network : null;
}

/**
 * Picks the settings from a stack's config: `{"aoshingo:domain": "example.jp", "aws:region": ...}` gives `{domain:
 * "example.jp"}`. Values are plain, as in the stack's YAML file, or JSON text, as the engine hands them to a program.
 */
export function settingsOf(config: Record<string, unknown>): Record<string, unknown> {
  const prefix = `${CONFIG_NAMESPACE}:`;
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix) && key !== prefix + LIVE_KEY)
      .map(([key, value]) => [key.slice(prefix.length), typeof value === "string" ? fromJson(value) : value]),
  );
}

function complete(name: string, service: ParsedService, owner: Owner): ServiceSettings {
  const { size, reaches, egress = reaches ?? [], schedule, timeZone, ...rest } = service;
  return {
    ...rest,
    ...streamTimes(service),
    secrets: { ...service.secrets, ...databasePassword(name, service, owner) },
    ...(service.kind === "job" ? fargateSize(service) : instanceShare(service)),
    schedule: schedule === undefined ? null : scheduleOf(schedule, timeZone ?? UTC),
    egress,
    healthCheck: { ...service.healthCheck, path: service.healthCheck.path ?? HEALTH_PATHS[service.protocol] },
    exposure: service.exposure ?? (service.kind === "api" ? ["public"] : []),
    queue: service.queue === true ? Queue.parse({}) : (service.queue ?? null),
    size: typeof size === "number" ? fixedSize(service.kind === "job" ? 1 : size) : size,
    internalPort: service.internalPort ?? defaultInternalPort(name),
  };
}

/** The program declares this secret, and its function for databases gives it a value. */
function databasePassword(name: string, { uses }: ParsedService, owner: Owner): Record<string, string> {
  const [database] = uses;
  return database === undefined ? {} : { [PASSWORD]: `secretsmanager:${databaseSecretName(owner, name, database)}` };
}

function streamTimes({ streams, deregistrationDelaySeconds, stopTimeoutSeconds }: ParsedService) {
  if (!streams) return { streams: null, deregistrationDelaySeconds, stopTimeoutSeconds };
  const withinSeconds = durationSeconds(streams.within)!;
  // Instances of the active colour leave, too, when load falls or one is replaced: other requests need their own time there.
  const seconds = Math.max(withinSeconds, stopTimeoutSeconds);
  return { streams: { withinSeconds }, deregistrationDelaySeconds: seconds, stopTimeoutSeconds: seconds };
}

function fixedSize(size: number): z.output<typeof Size> {
  return Size.parse({ min: size, max: size });
}

/** Both have to be set for an instance type of unknown size. */
function instanceShare({ instanceType, cpu, memory }: ParsedService): { cpu: number; memory: number } {
  const share = taskSizeOf(instanceType) ?? { cpu: 0, memory: 0 };
  return { cpu: cpu ?? share.cpu, memory: memory ?? share.memory };
}

function fargateSize({ cpu = DEFAULT_FARGATE_CPU, memory }: ParsedService): { cpu: number; memory: number } {
  return { cpu, memory: memory ?? fargateMemory(cpu)[0]! };
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

/**
 * Describes one issue of the schema, one line for each value that is wrong.
 *
 * @param outer path of the value that the issue's own path begins at
 */
function describe(raw: unknown, issue: z.core.$ZodIssue, outer: readonly PropertyKey[] = []): string[] {
  const path = [...outer, ...issue.path];
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((key) => unknownKey([...path, key], issue.message, meantKey(path, key)));
  // The form whose type matches the value explains the problem best.
  const meant =
    issue.code === "invalid_union" ? issue.errors.find((issues) => !issues.some(isOfAnotherType)) : undefined;
  if (meant) return meant.flatMap((inner) => describe(raw, inner, path));
  const given = path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], raw);
  return [problem(path, given, issue.message)];
}

function isOfAnotherType({ code, path }: z.core.$ZodIssue): boolean {
  return path.length === 0 && (code === "invalid_type" || code === "invalid_value");
}
