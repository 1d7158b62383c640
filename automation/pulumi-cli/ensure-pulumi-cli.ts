import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { findOnPath } from "./find-on-path";
import { type GetCliOptions, getCli } from "./get-cli";

let cli: Promise<PulumiCommand> | undefined;

/**
 * Returns the Pulumi CLI, and downloads or builds it if necessary: see `getCli`. The whole process shares one object,
 * so that `pulumi version` runs once. The options of the first call count. After a failure the next call tries again.
 */
export function ensurePulumiCli(options?: GetCliOptions): Promise<PulumiCommand> {
  cli ??= getCli(options).catch((error: unknown) => {
    cli = undefined;
    throw error;
  });
  return cli;
}

/** Returns the path of a CLI's file. For the CLI on PATH, `PulumiCommand` has only the name "pulumi". */
export function pulumiCliFile({ command }: PulumiCommand): string {
  return findOnPath(command) ?? command;
}
