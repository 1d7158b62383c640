/*
 * What several commands have: options, as arguments of `Command.option`, and how their help shows examples.
 */

export const STORE_OPTION = [
  "--store <directory>",
  "directory of leases and journals (default: AOSHINGO_STORE, else the stack's own bucket, else a folder of yours)",
] as const;

export const CONFIG_FILE_OPTION = [
  "--config-file <path>",
  "settings of the stack (default: Pulumi.<stack>.yaml)",
] as const;

export const JSON_OPTION = ["--json", "print JSON", false] as const;

/** Returns the examples of a command's help, one line each. */
export function examples(...lines: readonly string[]): string {
  return ["", lines.length === 1 ? "Example:" : "Examples:", ...lines.map((line) => `  ${line}`)].join("\n");
}
