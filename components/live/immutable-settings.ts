import { COLOURS } from "../core/colour-name";
import { CONFIG_NAMESPACE } from "../settings/problem";
import type { Cutover, Settings } from "../settings/settings";
import type { Live } from "./live";

/** Settings that load balancers, zones, records and target groups stand on: none of them can change without a replacement. */
export interface ImmutableSettings {
  region: string;
  domain: string;
  cidr: string;
  zones: number;
  cutover: Cutover;
}

type ImmutableSetting = keyof ImmutableSettings;

/** Path of each in the config, what stands on it, and whose: of all services that stay, or only of apis with instances. */
const IMMUTABLE: Record<ImmutableSetting, { path: string; replaced: string; hits: "all" | "running apis" }> = {
  region: { path: "aws:region", replaced: "everything", hits: "all" },
  domain: { path: `${CONFIG_NAMESPACE}:domain`, replaced: "zone, certificates and records", hits: "all" },
  cidr: { path: `${CONFIG_NAMESPACE}:network.cidr`, replaced: "network and load balancers", hits: "all" },
  zones: { path: `${CONFIG_NAMESPACE}:network.zones`, replaced: "subnets and load balancers", hits: "all" },
  // Instances would be in new groups before those have found them healthy, and leave the old ones with requests under way.
  cutover: { path: `${CONFIG_NAMESPACE}:cutover`, replaced: "target groups and rules", hits: "running apis" },
};

export function immutableSettingsOf(
  settings: Pick<Settings, "domain" | "network" | "cutover">,
  region: string,
): ImmutableSettings {
  const { domain, network, cutover } = settings;
  return { region, domain, cidr: network.cidr, zones: network.zones, cutover };
}

/**
 * Why this run would take load balancers, zones, records or target groups from services that stay: one line for each changed setting, with path, value
 * given, what the stack has, who is hit and what to do instead. Nothing for a stack without services that stay, and for its first run.
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
    // A program of before may not have told it.
    if (before === undefined || before === wanted[setting] || hit[hits].length === 0) return [];
    return [
      `${path}: given ${wanted[setting]}, but the stack has ${before}: a change replaces ${replaced} of ${hit[hits].join(", ")}, which fails ` +
        "their requests. Put it back; or make a new stack with it, move the services there one by one, then remove this one.",
    ];
  });
}
