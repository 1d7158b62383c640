import { join, resolve } from "node:path";
import type { TrafficOptions } from "../traffic-options";

/** Our own stack's. */
export const REGION = "ap-northeast-1";
export const DOMAIN = "rehearsal.test";

/** Where a rehearsal cloud listens, how fast its time runs and what its random numbers start from. */
export type CloudOptions = Pick<TrafficOptions, "speed" | "seed" | "loopback" | "portOffset" | "bootSeconds"> &
  Partial<Pick<TrafficOptions, "spread" | "observed">> & {
    /** Domains beside `DOMAIN` whose public hosted zones exist from the start. Default: none. */
    furtherDomains?: readonly string[];
  };

/** What a stack's settings say of where it is. */
export interface CloudPlace {
  /** The domain whose public hosted zone exists from the start. */
  domain: string;
  region: string;
}

/**
 * The arguments of the cloud's process (rehearsal/cloud/main.ts), whose files go to the folder `cloud` of `directory`.
 * @param settingsFile the stack's settings: the cloud has the VPC that they name
 */
export function cloudArgs(
  directory: string,
  settingsFile: string,
  { domain, region }: CloudPlace,
  { speed, seed, loopback, portOffset, bootSeconds, spread, observed, furtherDomains = [] }: CloudOptions,
): string[] {
  // A stack is there before its deploys are rehearsed, and the minutes that RDS takes say nothing of them.
  const databases = ["--database-seconds", "0"];
  const boot = bootSeconds === undefined ? [] : ["--boot-seconds", String(bootSeconds)];
  const spreads = spread === undefined ? [] : ["--spread", String(spread)];
  const seen = observed ? ["--observed", resolve(observed)] : [];
  return [
    ...["--region", region, "--zone", domain, ...furtherDomains, "--settings", settingsFile],
    ...["--speed", String(speed), "--seed", String(seed)],
    ...["--loopback", loopback, "--port-offset", String(portOffset)],
    ...["--directory", join(resolve(directory), "cloud")],
    ...[...databases, ...boot, ...spreads, ...seen],
  ];
}
