import { join, resolve } from "node:path";
import { SPREAD } from "../cloud/spread";
import type { RehearseOptions } from "../options";

export const REGION = "ap-northeast-1";
export const DOMAIN = "rehearsal.test";

/** Where a rehearsal cloud listens, how fast its time runs and what its random numbers start from. */
export type CloudOptions = Pick<RehearseOptions, "speed" | "seed" | "loopback" | "portOffset" | "bootSeconds"> &
  Partial<Pick<RehearseOptions, "spread">>;

/**
 * The arguments of the cloud's process (rehearsal/cloud/main.ts), whose files go to the folder `cloud` of `directory`.
 */
export function cloudArgs(
  directory: string,
  { speed, seed, loopback, portOffset, bootSeconds, spread = SPREAD.seconds }: CloudOptions,
): string[] {
  const boot = bootSeconds === undefined ? [] : ["--boot-seconds", String(bootSeconds)];
  return [
    ...["--region", REGION, "--zone", DOMAIN],
    ...["--speed", String(speed), "--seed", String(seed), "--spread", String(spread)],
    ...["--loopback", loopback, "--port-offset", String(portOffset)],
    ...["--directory", join(resolve(directory), "cloud")],
    ...boot,
  ];
}
