import { onStopSignal } from "./stop-signals";

/**
 * Runs what goes on and on, with a signal that is aborted by the first stop signal, such as Ctrl-C, and once the output
 * cannot be written: nobody reads it any more, such as after `| head`. What is thrown after that is not an error.
 */
export async function untilStopped(
  run: (signal: AbortSignal) => Promise<void>,
  output: Pick<NodeJS.EventEmitter, "once" | "off"> = process.stdout,
): Promise<void> {
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  const stopListening = onStopSignal(stop);
  output.once("error", stop);
  try {
    await run(stopping.signal);
  } catch (error) {
    if (!stopping.signal.aborted) throw error;
  } finally {
    stopListening();
    output.off("error", stop);
  }
}
