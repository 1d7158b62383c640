import { join, resolve } from "node:path";
import type { RehearseOptions } from "../options";

export const REGION = "ap-northeast-1";
export const DOMAIN = "rehearsal.test";

/** What the rehearsal asks of its cloud, as arguments of the cloud's process. */
export function cloudArgs(options: RehearseOptions): string[] {
  const { speed, seed, loopback, portOffset, bootSeconds } = options;
  const boot = bootSeconds === undefined ? [] : ["--boot-seconds", String(bootSeconds)];
  return [
    "--region",
    REGION,
    "--zone",
    DOMAIN,
    "--speed",
    String(speed),
    "--seed",
    String(seed),
    "--loopback",
    loopback,
    "--port-offset",
    String(portOffset),
    "--directory",
    join(resolve(options.directory), "cloud"),
    ...boot,
  ];
}
