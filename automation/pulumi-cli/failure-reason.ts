interface Failure {
  /** The failed process, in a CommandError of the Automation API. */
  commandResult?: { err?: Failure };
  stderr?: string;
  shortMessage?: string;
  message?: string;
  code?: string;
}

/**
 * Returns the most useful line of a failure: the last one on stderr, where tools print the cause, else the first line
 * of the message.
 */
export function failureReason(error: unknown): string {
  const failure = error as Failure;
  if (failure.commandResult?.err) return failureReason(failure.commandResult.err);
  // Node leaves the message empty if it tried several addresses.
  return (
    lines(failure.stderr).at(-1) ??
    lines(failure.shortMessage || failure.message)[0] ??
    failure.code ??
    "no reason given"
  );
}

function lines(text = ""): string[] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}
