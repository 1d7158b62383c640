import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "./cache-folder";
import { findOnPath } from "./find-on-path";
import { PULUMI_VERSION } from "./versions";

/**
 * The CLI that is there already, on PATH or in the cache, without a look at its version: good enough to read a stack's outputs, and found in no
 * time. Undefined if there is none: see `getCli`, which checks and fetches.
 */
export function presentCli(): { command: string } | undefined {
  const cached = join(cacheFolder(), `pulumi-${PULUMI_VERSION}`, "bin", "pulumi");
  const command = findOnPath("pulumi") ?? (existsSync(cached) ? cached : undefined);
  return command === undefined ? undefined : { command };
}
