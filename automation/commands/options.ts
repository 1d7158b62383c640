/*
 * Options that several commands have, as arguments of `Command.option`.
 */

export const STORE_OPTION = [
  "--store <directory>",
  "directory of leases and journals (default: the stack's own bucket)",
] as const;

export const CONFIG_FILE_OPTION = [
  "--config-file <path>",
  "settings of the stack (default: Pulumi.<stack>.yaml)",
] as const;

export const JSON_OPTION = ["--json", "print JSON", false] as const;
