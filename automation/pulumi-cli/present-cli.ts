import { existsSync } from "node:fs";
import { join } from "node:path";
import { cacheFolder } from "../core/cache-folder";
import { findOnPath } from "./find-on-path";
import { PULUMI_VERSION } from "./versions";

/**
 * Returns the CLI that is installed, on PATH or in the cache, without a check of its version; undefined if there is
 * none. This takes no time, and any version can read a stack's outputs. See `getCli`, which checks the version.
 */
export function presentCli(): { command: string } | undefined {
  const cached = join(cacheFolder(), `pulumi-${PULUMI_VERSION}`, "bin", "pulumi");
  const command = findOnPath("pulumi") ?? (existsSync(cached) ? cached : undefined);
  return command === undefined ? undefined : { command };
}
