/** Pulumi takes a stack trace for each resource and each promise: without them a run of the program takes a fraction of the time. */
export async function withoutStackTraces<Result>(act: () => Promise<Result>): Promise<Result> {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return await act();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
