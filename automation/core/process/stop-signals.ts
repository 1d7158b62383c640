import { setTimeout as delay, setImmediate as nextTurn } from "node:timers/promises";

/** Sent by a person, by CI, and when a terminal or connection is lost. */
const STOP_SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * npm passes a Ctrl-C on to its script milliseconds after the script got it from the terminal, and later on a busy machine. A
 * second Ctrl-C of a person comes later than this, or is given once more.
 */
const ECHO_MS = 1_000;

type Listener = (signal: NodeJS.Signals) => void;

/**
 * Listens for stop signals, so that a command can end in order.
 * @param stop called on the first signal
 * @param again called on each later signal; default: the signal ends the process, as if nobody listened
 * @param echoIsOver resolves when the first signal has no echo any more
 * @returns a function that stops listening
 */
export function onStopSignal(stop: Listener, again?: Listener, echoIsOver = echoTime): () => void {
  let first: NodeJS.Signals | null = null;
  let mayBeEcho = true;
  const onSignal: Listener = (signal) => {
    if (first === null) {
      first = signal;
      void echoIsOver().then(() => {
        mayBeEcho = false;
      });
      stop(signal);
    } else if (signal !== first || !mayBeEcho) {
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

async function echoTime(): Promise<void> {
  await delay(ECHO_MS, undefined, { ref: false });
  // What came while this process was busy is still to be delivered.
  await nextTurn(undefined, { ref: false });
}
