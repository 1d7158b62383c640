import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { findOnPath } from "./find-on-path";
import { type GetCliOptions, getCli } from "./get-cli";

let cli: Promise<PulumiCommand> | undefined;

/**
 * The Pulumi CLI, fetched if need be: see `getCli`. One object for the whole process, so that `pulumi version` runs once;
 * the options of the first call count. After a failure the next call tries again.
 */
export function ensurePulumiCli(options?: GetCliOptions): Promise<PulumiCommand> {
  cli ??= getCli(options).catch((error: unknown) => {
    cli = undefined;
    throw error;
  });
  return cli;
}

/** The file of a CLI: `PulumiCommand` says only "pulumi" of the one on PATH. */
export function pulumiCliFile({ command }: PulumiCommand): string {
  return findOnPath(command) ?? command;
}
