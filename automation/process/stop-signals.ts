/** A person's, CI's, and that of a terminal or connection that was lost. */
export const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
