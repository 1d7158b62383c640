/**
 * Something that the user can put right: wrong use, wrong settings, a tool that is missing. The message is all that is
 * shown, without a stack trace: what is wrong, what was given, what is wanted, what to do. One line for each problem.
 */
export class UserError extends Error {
  override name = "UserError";
  /** What the process ends with: 2 (the default) for wrong use or settings, 1 for a failure. */
  exitCode: number;

  constructor(message: string, { exitCode = 2, cause }: { exitCode?: number; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.exitCode = exitCode;
  }
}
