/** Sent by a person, by CI, and when a terminal or connection is lost. */
const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * npm passes a Ctrl-C on to its script milliseconds after the script got it from the terminal. A second Ctrl-C of a
 * person comes later than this.
 */
const ECHO_MS = 250;

type Listener = (signal: NodeJS.Signals) => void;

/**
 * Listens for stop signals, so that a command can end in order.
 * @param stop called on the first signal
 * @param again called on each later signal; default: the signal ends the process, as if nobody listened
 * @param now returns milliseconds
 * @returns a function that stops listening
 */
export function onStopSignal(stop: Listener, again?: Listener, now = () => performance.now()): () => void {
  let first: { signal: NodeJS.Signals; atMs: number } | null = null;
  const onSignal: Listener = (signal) => {
    const atMs = now();
    if (first === null) {
      first = { signal, atMs };
      stop(signal);
    } else if (signal !== first.signal || atMs - first.atMs > ECHO_MS) {
      if (again) return again(signal);
      stopListening();
      process.kill(process.pid, signal);
    }
  };
  const stopListening = () => {
    for (const signal of STOP_SIGNALS) process.off(signal, onSignal);
  };
  for (const signal of STOP_SIGNALS) process.on(signal, onSignal);
  return stopListening;
}
