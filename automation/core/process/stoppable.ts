import { UserError } from "../../../components/core/user-error";
import { EXIT_FAILED } from "./command-end";
import { whenLeftByNpm } from "./left-by-npm";
import { onStopSignal } from "./stop-signals";

/** What writing to a terminal fails with that is not there any more. */
const TERMINAL_LOST = "EIO";

/**
 * Runs what may take long with a signal that the first SIGINT, SIGTERM or SIGHUP aborts; a second one ends the process at once.
 * So does the end of npm, which got such a signal and kept it, and that of the terminal.
 * @throws UserError with exit code 1 when it was stopped
 */
export async function stoppable<Result>(run: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const stopping = new AbortController();
  const stop = (reason: string) => stopping.abort(new UserError(`stopped ${reason}`, { exitCode: EXIT_FAILED }));
  const restoreSignals = onStopSignal((signal) => stop(`by ${signal}`));
  // Where make is the first process of the terminal, the signal of its end reaches make alone.
  const onOutputError = ({ code }: NodeJS.ErrnoException) => {
    if (code === TERMINAL_LOST) stop("because its terminal was lost");
  };
  process.stdout.on("error", onOutputError);
  const stopWatching = whenLeftByNpm(() => stop("because npm, which started it, has ended"));
  try {
    return await run(stopping.signal);
  } catch (error) {
    // What a stopped command or wait throws only says that it was stopped.
    throw stopping.signal.aborted && !(error instanceof UserError) ? stopping.signal.reason : error;
  } finally {
    stopWatching();
    process.stdout.off("error", onOutputError);
    restoreSignals();
  }
}
