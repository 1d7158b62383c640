import type { PulumiCommand } from "@pulumi/pulumi/automation";
import { execa } from "execa";
import { UserError } from "../components/user-error";

/**
 * Runs one command of the CLI on a stack and parses what it prints as JSON.
 * @throws UserError if the stack does not exist, or with the CLI's own first line
 */
export async function pulumiJson<Result>(
  pulumi: PulumiCommand,
  stack: string,
  directory: string,
  args: string[],
): Promise<Result> {
  const result = await execa(pulumi.command, [...args, "--stack", stack, "--non-interactive"], {
    cwd: directory,
    env: { PULUMI_SKIP_UPDATE_CHECK: "true" },
    stdin: "ignore",
    reject: false,
  });
  if (!result.failed) return JSON.parse(result.stdout) as Result;
  throw new UserError(stackFault(stack, result.stderr));
}

/** One line for a person from what the CLI says on its error output. */
export function stackFault(stack: string, stderr: string): string {
  if (/no stack named/.test(stderr)) {
    return `stack "${stack}" does not exist: create it with \`pulumi stack init ${stack}\`, then \`pulumi up --stack ${stack}\``;
  }
  const line = stderr.split("\n").find((text) => text.trim() !== "") ?? "the Pulumi CLI failed without a word";
  return line.replace(/^error: /, "");
}
