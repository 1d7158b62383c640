import { CONFIG_NAMESPACE } from "./fault";
import type { ProgramOutputs } from "./outputs";
import type { Settings } from "./settings";

/** Settings that load balancers, zones and records stand on: none of them can change without a replacement. */
export interface Foundation {
  region: string;
  domain: string;
  cidr: string;
  zones: number;
}

type Ground = keyof Foundation;

/** Path of each in the config, and what stands on it. */
const GROUNDS: Record<Ground, { path: string; replaced: string }> = {
  region: { path: "aws:region", replaced: "everything" },
  domain: { path: `${CONFIG_NAMESPACE}:domain`, replaced: "zone, certificates and records" },
  cidr: { path: `${CONFIG_NAMESPACE}:network.cidr`, replaced: "network and load balancers" },
  zones: { path: `${CONFIG_NAMESPACE}:network.zones`, replaced: "subnets and load balancers" },
};

export function foundationOf(settings: Pick<Settings, "domain" | "network">, region: string): Foundation {
  return { region, domain: settings.domain, cidr: settings.network.cidr, zones: settings.network.zones };
}

/**
 * Why this run would take load balancers, zones or records from services that stay: one line for each changed setting, with path, value given, what the
 * stack has, who is hit and what to do instead. Nothing for a stack without services that stay, and for its first run.
 */
export function foundationFaults(wanted: Foundation, services: Settings["services"], last: LastFoundation): string[] {
  const standing = Object.keys(services).filter((name) => last.services && Object.hasOwn(last.services, name));
  const { foundation } = last;
  if (!foundation || standing.length === 0) return [];
  return (Object.keys(GROUNDS) as Ground[])
    .filter((ground) => wanted[ground] !== foundation[ground])
    .map((ground) => {
      const { path, replaced } = GROUNDS[ground];
      return (
        `${path}: given ${wanted[ground]}, but the stack has ${foundation[ground]}: a change replaces ${replaced} of ${standing.join(", ")}, which fails ` +
        "their requests. Put it back; or make a new stack with it, move the services there one by one, then remove this one."
      );
    });
}

type LastFoundation = Partial<Pick<ProgramOutputs, "foundation" | "services">>;
