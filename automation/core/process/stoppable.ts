import { UserError } from "../../../components/core/user-error";
import { EXIT_FAILED } from "./command-end";
import { onStopSignal } from "./stop-signals";

/**
 * Runs what may take long with a signal that the first SIGINT, SIGTERM or SIGHUP aborts; a second one ends the process at once.
 * @throws UserError with exit code 1 when it was stopped
 */
export async function stoppable<Result>(run: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const stopping = new AbortController();
  const restoreSignals = onStopSignal((signal) =>
    stopping.abort(new UserError(`stopped by ${signal}`, { exitCode: EXIT_FAILED })),
  );
  try {
    return await run(stopping.signal);
  } catch (error) {
    // What a stopped command or wait throws only says that it was stopped.
    throw stopping.signal.aborted && !(error instanceof UserError) ? stopping.signal.reason : error;
  } finally {
    restoreSignals();
  }
}
