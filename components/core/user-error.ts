/**
 * An error that the user can correct: a wrong argument, a wrong setting, a missing tool. Only the message is shown,
 * without a stack trace. It says what is wrong, the value given, the value wanted and what to do, on one line for
 * each problem.
 */
export class UserError extends Error {
  override name = "UserError";
  /** Exit code of the process: 2 (the default) for wrong arguments or settings, 1 for a failure. */
  exitCode: number;

  constructor(message: string, { exitCode = 2, cause }: { exitCode?: number; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}
