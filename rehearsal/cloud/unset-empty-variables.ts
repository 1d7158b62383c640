import type { Command } from "commander";

/**
 * Takes away the empty variables that options of the command can be given as: a workflow gives an input that nobody filled in as
 * an empty variable, and it is not set.
 */
export function unsetEmptyVariables(command: Command): void {
  for (const { envVar } of command.options) if (envVar && process.env[envVar] === "") delete process.env[envVar];
}
