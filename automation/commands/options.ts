/*
 * What several commands have: options, as arguments of `Command.option`, and how their help shows examples.
 */

import { InvalidArgumentError } from "commander";

/** An empty name, such as that of a variable that is not set, would be the stack that is selected in Pulumi. */
export const STACK_OPTION = ["--stack <name>", "Pulumi stack", parseStackName] as const;

export const STORE_OPTION = [
  "--store <directory>",
  "directory of leases and journals (default: AOSHINGO_STORE, else the stack's own bucket, else a folder of yours)",
] as const;

export const CONFIG_FILE_OPTION = [
  "--config-file <path>",
  "settings of the stack (default: Pulumi.<stack>.yaml)",
] as const;

export const JSON_OPTION = ["--json", "print JSON", false] as const;

/** Parses the name of a stack. */
export function parseStackName(text: string): string {
  if (/^[\w.-]+$/.test(text)) return text;
  throw new InvalidArgumentError("wanted a name of letters, digits, ., _ and -, such as prod.");
}

/** Parses a reason that others read later, such as that of `--despite-freeze`. */
export function parseReason(text: string): string {
  if (text.trim() !== "" && !/\p{Cc}/u.test(text)) return text;
  throw new InvalidArgumentError('wanted one line of text, such as "sale until Monday".');
}

/** Returns the examples of a command's help, one line each. */
export function examples(...lines: readonly string[]): string {
  return ["", lines.length === 1 ? "Example:" : "Examples:", ...lines.map((line) => `  ${line}`)].join("\n");
}
