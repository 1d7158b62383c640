/** Of every command that reads or writes the store. */
export const STORE_OPTION = [
  "--store <directory>",
  "where leases and journals are kept (default: the stack's own bucket)",
] as const;
