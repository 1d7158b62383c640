/** Whether a reason says that the caller lacks a right. */
export function isDenied(reason: string): boolean {
  return /AccessDenied|not authorized/i.test(reason);
}

/** The reason for which a function of a provider failed, in one line, without what the engine puts around it. */
export function providerReason(error: unknown): string {
  const { details, message } = error as { details?: string; message?: string };
  const text = details ?? message ?? String(error);
  return text
    .replace(/^invocation of \S+ returned an error: (?:Error: )?/, "")
    .replace(/\s+/g, " ")
    .replace(/^invoking \S+: 1 error occurred: \* /, "")
    .trim();
}
