import { withoutSecrets } from "../../components/settings/problem";
import { hasMeaning } from "../../components/settings/rules/kinds";
import { type RawService, rawServices } from "../../components/settings/rules/raw-service";
import { UTC } from "../../components/settings/schedule";
import { SettingsSchema } from "../../components/settings/schema";
import { Service } from "../../components/settings/schema/service";
import { CONFIG_NAMESPACE, type ServiceSettings, type Settings } from "../../components/settings/settings";
import { isMap } from "./flow";
import { pathText } from "./setting-tree";
import type { SettingsLines } from "./settings-lines";

/** Where a value comes from: a line of the file, the schema, or other settings. */
export type Source = { kind: "file"; line: number } | { kind: "default" } | { kind: "derived"; from: string };

/** One value that counts in a stack. Lists are one value each. */
export interface EffectiveSetting {
  /** Without the namespace, such as `services.users.size`; of other namespaces the whole key, such as `aws:region`. */
  readonly path: readonly string[];
  readonly value: unknown;
  readonly source: Source;
}

type Values = Record<string, unknown>;
/** From which setting a value follows, by the value's path. */
type Origins = Map<string, string>;

/** All values that count in a stack, with those that the program computes. Settings that have no meaning are left out. */
export function effectiveSettings(stack: string, settings: Settings, lines: SettingsLines): EffectiveSetting[] {
  const raw = lines.settings;
  const parsed = SettingsSchema.parse(raw);
  const origins: Origins = new Map();
  const named = rawServices(raw.services).map((service): [string, Values] => [
    service.name,
    valuesOf(service, parsed.services[service.name]!, settings.services[service.name]!, origins),
  ]);
  if (parsed.ci && parsed.ci.environment === undefined) origins.set("ci.environment", "the stack's name");
  for (const name of Object.keys(settings.databases))
    if (!isIn(raw, ["databases", name, "existing", "database"]))
      origins.set(`databases.${name}.existing.database`, "the block's name");
  const values = {
    ...parsed,
    ...(parsed.ci ? { ci: { ...parsed.ci, environment: parsed.ci.environment ?? stack } } : {}),
    network: settings.network,
    databases: settings.databases,
    services: Object.fromEntries(named),
  };
  const own = leaves(values).map(({ path, value }) => {
    const from = origins.get(pathText(path));
    if (from !== undefined) return { path, value, source: { kind: "derived" as const, from } };
    const [first = "", ...rest] = path;
    const inFile = [`${CONFIG_NAMESPACE}:${first}`, ...rest];
    return { path, value, source: isIn(raw, path) ? atLine(lines, inFile) : { kind: "default" as const } };
  });
  return [...valuesOfOthers(lines), ...own];
}

/** Config of other namespaces, such as `aws:region`. */
function valuesOfOthers(lines: SettingsLines): EffectiveSetting[] {
  const others = Object.entries(lines.config).filter(([key]) => !key.startsWith(`${CONFIG_NAMESPACE}:`));
  return leaves(Object.fromEntries(others)).map(({ path, value }) => ({ path, value, source: atLine(lines, path) }));
}

function atLine(lines: SettingsLines, path: readonly string[]): Source {
  return { kind: "file", line: lines.lineOf(path) };
}

/** A service's values under the names that settings have, with what the program makes of them. */
function valuesOf(service: RawService, parsed: Values, complete: ServiceSettings, origins: Origins): Values {
  const isJob = complete.kind === "job";
  const computed: readonly (readonly [keys: readonly string[], value: unknown, from?: string])[] = [
    [["exposure"], complete.exposure],
    [["timeZone"], parsed.timeZone ?? UTC],
    [["queue"], complete.queue ?? undefined],
    [["internalPort"], complete.internalPort, "the service's name"],
    [["cpu"], complete.cpu, isJob ? undefined : "instanceType"],
    [["memory"], complete.memory, isJob ? "cpu" : "instanceType"],
    [["healthCheck", "path"], complete.healthCheck.path, "protocol"],
    [["secrets"], complete.secrets],
    [["secrets", "PGPASSWORD"], complete.secrets.PGPASSWORD, "uses"],
    [["stopTimeoutSeconds"], complete.stopTimeoutSeconds, "streams.within"],
    [["deregistrationDelaySeconds"], complete.deregistrationDelaySeconds, "streams.within"],
  ];
  let values = parsed;
  for (const [keys, value, from] of computed) {
    const before = keys.reduce<unknown>((map, key) => (isMap(map) ? map[key] : undefined), parsed);
    values = withValue(values, keys, value);
    if (from !== undefined && before !== value) origins.set(pathText(["services", service.name, ...keys]), from);
  }
  const known = Object.keys(Service.shape).filter((key) => values[key] !== undefined && hasMeaning(service, key));
  return Object.fromEntries(known.map((key) => [key, values[key]]));
}

function withValue(values: Values, [key = "", ...rest]: readonly string[], value: unknown): Values {
  const inner = values[key];
  return { ...values, [key]: rest.length > 0 && isMap(inner) ? withValue(inner, rest, value) : value };
}

/** The values in maps, to any depth. An empty map is a value. */
function leaves(values: Values, outer: readonly string[] = []): { path: readonly string[]; value: unknown }[] {
  return Object.entries(JSON.parse(JSON.stringify(values, withoutSecrets)) as Values).flatMap(([key, value]) => {
    const path = [...outer, key];
    return isMap(value) && Object.keys(value).length > 0 ? leaves(value, path) : [{ path, value }];
  });
}

function isIn(values: unknown, [key, ...rest]: readonly string[]): boolean {
  if (key === undefined) return true;
  return isMap(values) && Object.hasOwn(values, key) && isIn(values[key], rest);
}
