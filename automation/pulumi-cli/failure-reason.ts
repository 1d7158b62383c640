interface Failure {
  /** What the Automation API hangs on its CommandError: the failed process. */
  commandResult?: { err?: Failure };
  stderr?: string;
  shortMessage?: string;
  message?: string;
  code?: string;
}

/** The one line of a failure that says most: the last one on stderr, as tools put their reason there, else the message's first. */
export function failureReason(error: unknown): string {
  const failure = error as Failure;
  if (failure.commandResult?.err) return failureReason(failure.commandResult.err);
  // Node leaves the message empty when it tried several addresses.
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
