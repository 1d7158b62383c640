import { COLOURS } from "../core/colour-name";
import { CONFIG_NAMESPACE } from "../settings/problem";
import type { Cutover, Settings } from "../settings/settings";
import type { Live } from "./live";

/** Settings that cannot change without a replacement of load balancers, zones, records or target groups. */
export interface ImmutableSettings {
  region: string;
  domain: string;
  cidr: string;
  zones: number;
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
  // Instances would be in new target groups before those found them healthy, and would leave the old ones with
  // requests under way.
  cutover: { path: `${CONFIG_NAMESPACE}:cutover`, replaced: "target groups and rules", hits: "running apis" },
};

/** The immutable settings of a stack. */
export function immutableSettingsOf(
  settings: Pick<Settings, "domain" | "network" | "cutover">,
  region: string,
): ImmutableSettings {
  const { domain, network, cutover } = settings;
  return { region, domain, cidr: network.cidr, zones: network.zones, cutover };
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
  return (Object.keys(IMMUTABLE) as ImmutableSetting[]).flatMap((setting) => {
    const { path, replaced, hits } = IMMUTABLE[setting];
    const before = last.immutableSettings?.[setting];
    // An older program may not have written it.
    if (before === undefined || before === wanted[setting] || hit[hits].length === 0) return [];
    return [
      `${path}: given ${wanted[setting]}, but the stack has ${before}: a change replaces ${replaced} of ${hit[hits].join(", ")}, which fails ` +
        "their requests. Put it back; or make a new stack with it, move the services there one by one, then remove this one.",
    ];
  });
}
