import type { z } from "zod";
import { UserError } from "../core/user-error";
import { instanceTypeOf } from "./instance-type";
import { defaultInternalPort } from "./internal-port";
import { CONFIG_NAMESPACE, problem, unknownKey } from "./problem";
import { problemsBetween } from "./rules";
import { DRAIN_CAP_SECONDS, type EgressRule, type Exposure, Queue, SettingsSchema, Size } from "./schema";

export type { Exposure };
export { CONFIG_NAMESPACE };
/** Set by the deploy script alone; everything else in the namespace is settings. */
export const LIVE_KEY = "live";

/** Of the instance; the rest is for the system and for the ECS agent. */
const DEFAULT_TASK_SHARE = 0.75;

type Parsed = z.output<typeof SettingsSchema>;
type ParsedService = Parsed["services"][string];
/** Cutover modes: `routed` or `dns`. */
export type Cutover = Parsed["cutover"];

/** Who may deploy and preview from GitHub. */
export type CiSettings = Readonly<NonNullable<Parsed["ci"]>>;

/** One service's settings with every default filled in. */
export type ServiceSettings = Readonly<
  Omit<ParsedService, "exposure" | "queue" | "size" | "cpu" | "memory" | "internalPort" | "egress" | "reaches"> & {
    /** Empty for a worker. */
    exposure: readonly Exposure[];
    /** Null where there is none. */
    queue: z.output<typeof Queue> | null;
    /** `min` = `max` where the size is fixed. */
    size: z.output<typeof Size>;
    internalPort: number;
    egress: readonly EgressRule[];
    cpu: number;
    memory: number;
  }
>;
export type Settings = Readonly<
  Omit<Parsed, "services" | "deploy"> & {
    services: Readonly<Record<string, ServiceSettings>>;
    deploy: Omit<Parsed["deploy"], "drainCapSeconds"> & { drainCapSeconds: number };
  }
>;

/**
 * Settings from config values: the keys without their namespace, such as `domain`. Throws a `UserError` that lists every problem, one a line:
 * path, value given, value wanted.
 */
export function parseSettings(raw: Record<string, unknown>): Settings {
  const parsed = SettingsSchema.safeParse(raw);
  const problems = [...(parsed.error?.issues.flatMap((issue) => describe(raw, issue)) ?? []), ...problemsBetween(raw)];
  if (!parsed.success || problems.length > 0) throw new UserError(problems.join("\n"));
  const services = Object.entries(parsed.data.services).map(([name, service]) => [name, complete(name, service)]);
  const { cutover, deploy } = parsed.data;
  return deepFreeze({
    ...parsed.data,
    services: Object.fromEntries(services),
    deploy: { ...deploy, drainCapSeconds: deploy.drainCapSeconds ?? DRAIN_CAP_SECONDS[cutover] },
  });
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
  const { size, reaches, egress = reaches ?? [], ...rest } = service;
  return {
    ...rest,
    egress,
    exposure: service.exposure ?? (service.kind === "api" ? ["public"] : []),
    queue: service.queue === true ? Queue.parse({}) : (service.queue ?? null),
    size: typeof size === "number" ? Size.parse({ min: size, max: size }) : size,
    internalPort: service.internalPort ?? defaultInternalPort(name),
    cpu: service.cpu ?? Math.floor((instance?.vcpus ?? 1) * 1024 * DEFAULT_TASK_SHARE),
    memory: service.memory ?? Math.floor((instance?.memoryMiB ?? 1024) * DEFAULT_TASK_SHARE),
  };
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

/** The lines on one problem that the schema found. `outer`: path of the value that the issue's own path begins at. */
function describe(raw: unknown, issue: z.core.$ZodIssue, outer: readonly PropertyKey[] = []): string[] {
  const path = [...outer, ...issue.path];
  if (issue.code === "unrecognized_keys") return issue.keys.map((key) => unknownKey([...path, key], issue.message));
  // Of the forms that a value may have, the one whose type it is says best what is wrong.
  const meant =
    issue.code === "invalid_union" ? issue.errors.find((issues) => !issues.some(isOfAnotherType)) : undefined;
  if (meant) return meant.flatMap((inner) => describe(raw, inner, path));
  const given = path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], raw);
  return [problem(path, given, issue.message)];
}

function isOfAnotherType({ code, path }: z.core.$ZodIssue): boolean {
  return path.length === 0 && (code === "invalid_type" || code === "invalid_value");
}
