/**
 * Runs a function without stack traces. The SDK takes one for every promise, and for every resource a whole one that
 * goes into the state, with this machine's paths. Without them an `up` in which little changes takes a third less time,
 * and the state takes a fifth less room.
 */
export async function withoutStackTraces<Result>(act: () => Promise<Result>): Promise<Result> {
  const { stackTraceLimit, prepareStackTrace } = Error;
  Error.stackTraceLimit = 0;
  // The SDK sets the limit to infinity for a resource.
  Error.prepareStackTrace = String;
  try {
    return await act();
  } finally {
    Object.assign(Error, { stackTraceLimit, prepareStackTrace });
  }
}
