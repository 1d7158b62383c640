/** A person's, CI's, and that of a terminal or connection that was lost. */
const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** npm hands on to its script a Ctrl-C that the script got from the terminal already: milliseconds later. A person's second one takes longer. */
const ECHO_MS = 250;

type Take = (signal: NodeJS.Signals) => void;

/**
 * Lets a command end in order.
 * @param stop called on the first signal
 * @param again called on each later one; default: it ends the process, as if nobody listened
 * @returns what gives the signals back
 */
export function onStopSignal(stop: Take, again?: Take): () => void {
  let first: { signal: NodeJS.Signals; atMs: number } | null = null;
  const take: Take = (signal) => {
    const atMs = performance.now();
    if (first === null) {
      first = { signal, atMs };
      stop(signal);
    } else if (signal !== first.signal || atMs - first.atMs > ECHO_MS) {
      if (again) return again(signal);
      giveBack();
      process.kill(process.pid, signal);
    }
  };
  const giveBack = () => {
    for (const signal of STOP_SIGNALS) process.off(signal, take);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, take);
  return giveBack;
}
