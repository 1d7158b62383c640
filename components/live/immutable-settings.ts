import { COLOURS } from "../core/colour-name";
import type { Owner } from "../core/names";
import { CONFIG_NAMESPACE } from "../settings/problem";
import type { Cutover, Settings } from "../settings/settings";
import type { Live } from "./live";

/** Settings that cannot change without a replacement of load balancers, zones, records or target groups. */
export interface ImmutableSettings {
  region: string;
  domain: string;
  /** Address range of a network that the stack makes. It and `zones` are absent with an existing network. */
  cidr?: string;
  zones?: number;
  /** ID of an existing VPC. It and the subnets are absent with a network that the stack makes. */
  vpc?: string;
  /** IDs of the existing subnets, sorted, in one text. */
  publicSubnets?: string;
  privateSubnets?: string;
  cutover: Cutover;
}

type ImmutableSetting = keyof ImmutableSettings;

/**
 * For each setting: its path in the config, what a change replaces, and which services it breaks: all that stay, or
 * only those with kind api and instances.
 */
const IMMUTABLE: Record<ImmutableSetting, { path: string; replaced: string; hits: "all" | "running apis" }> = {
  region: { path: "aws:region", replaced: "everything", hits: "all" },
  domain: { path: `${CONFIG_NAMESPACE}:domain`, replaced: "zone, certificates and records", hits: "all" },
  cidr: { path: `${CONFIG_NAMESPACE}:network.cidr`, replaced: "network and load balancers", hits: "all" },
  zones: { path: `${CONFIG_NAMESPACE}:network.zones`, replaced: "subnets and load balancers", hits: "all" },
  vpc: { path: `${CONFIG_NAMESPACE}:network.vpc`, replaced: "security groups and load balancers", hits: "all" },
  publicSubnets: {
    path: `${CONFIG_NAMESPACE}:network.publicSubnets`,
    replaced: "nodes of load balancers",
    hits: "all",
  },
  privateSubnets: { path: `${CONFIG_NAMESPACE}:network.privateSubnets`, replaced: "instances", hits: "all" },
  // Instances would be in new target groups before those found them healthy, and would leave the old ones with
  // requests under way.
  cutover: { path: `${CONFIG_NAMESPACE}:cutover`, replaced: "target groups and rules", hits: "running apis" },
};

const SUBNETS: ReadonlySet<ImmutableSetting> = new Set(["publicSubnets", "privateSubnets"]);

/** The immutable settings of a stack. */
export function immutableSettingsOf(
  settings: Pick<Settings, "domain" | "network" | "cutover">,
  region: string,
): ImmutableSettings {
  const { domain, network, cutover } = settings;
  if (!("vpc" in network)) return { region, domain, cidr: network.cidr, zones: network.zones, cutover };
  const text = (subnets: readonly string[]) => subnets.toSorted().join(" ");
  const { vpc, publicSubnets, privateSubnets } = network;
  return {
    ...{ region, domain, vpc, publicSubnets: text(publicSubnets), privateSubnets: text(privateSubnets) },
    cutover,
  };
}

/** What one setting is, in a text. Undefined where it has no meaning, and where an older program did not write it. */
function textOf(settings: Partial<ImmutableSettings>, setting: ImmutableSetting): string | undefined {
  const value = settings[setting] ?? (setting === "vpc" && settings.cidr !== undefined ? "a new VPC" : undefined);
  return value?.toString();
}

/**
 * Changed settings for which this run would replace load balancers, zones, records or target groups of services that
 * stay: one line each, with the path, the value given, the value that the stack has, the services and what to do
 * instead. Empty for a stack without services that stay, and for its first run.
 *
 * @param previous live state after the last run
 */
export function immutableSettingProblems(
  wanted: ImmutableSettings,
  services: Settings["services"],
  previous: Live,
  last: { immutableSettings?: Partial<ImmutableSettings>; services?: object },
): string[] {
  const staying = Object.keys(services).filter((name) => last.services && Object.hasOwn(last.services, name));
  const hasInstances = (name: string) =>
    COLOURS.some((colour) => (previous.services[name]?.colours[colour].size ?? 0) > 0);
  const hit = {
    all: staying,
    "running apis": staying.filter((name) => services[name]!.kind === "api" && hasInstances(name)),
  };
  const { immutableSettings: had = {} } = last;
  const isOther = (setting: ImmutableSetting) => {
    const [before, now] = [textOf(had, setting), textOf(wanted, setting)];
    return before !== undefined && now !== undefined && before !== now;
  };
  return (Object.keys(IMMUTABLE) as ImmutableSetting[]).flatMap((setting) => {
    const { path, replaced, hits } = IMMUTABLE[setting];
    if (!isOther(setting) || hit[hits].length === 0) return [];
    // Another VPC has other subnets.
    if (SUBNETS.has(setting) && isOther("vpc")) return [];
    return [problemText(path, [textOf(had, setting), textOf(wanted, setting)], replaced, hit[hits])];
  });
}

/**
 * A line if the stack or its project was renamed, as by `pulumi stack rename`: both names are in those of clusters, roles,
 * queues and repositories, none of which can change. The log groups of services that stay tell the former names.
 */
export function renameProblems(
  owner: Owner,
  services: Settings["services"],
  last: Readonly<Record<string, { logGroup: string }>> = {},
): string[] {
  const former = Object.keys(services).flatMap((service) => {
    const [, project, stack, rest] = last[service]?.logGroup?.split("/") ?? [];
    return rest === service ? [{ service, project, stack }] : [];
  });
  return (["project", "stack"] as const).flatMap((part) => {
    const renamed = former.filter((one) => one[part] !== owner[part]);
    if (renamed.length === 0) return [];
    const names = renamed.map(({ service }) => service);
    return [problemText(part, [renamed[0]![part], owner[part]], "clusters, roles, queues and repositories", names)];
  });
}

function problemText(
  path: string,
  [had, given]: readonly [string | undefined, string | undefined],
  replaced: string,
  services: readonly string[],
): string {
  return (
    `${path}: given ${given}, but the stack has ${had}: a change replaces ${replaced} of ${services.join(", ")}, which fails ` +
    "their requests. Put it back; or make a new stack with it, move the services there one by one, then remove this one."
  );
}
