/**
 * The operation's own end; or, that long after the abort, the signal's reason, and the operation goes on without anybody who waits for it.
 */
export function abandonAfter<Result>(
  running: Promise<Result>,
  { signal, leaveAfterMs }: { signal: AbortSignal; leaveAfterMs?: number },
): Promise<Result> {
  if (leaveAfterMs === undefined) return running;
  return new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    const onAbort = () => {
      timer = setTimeout(() => reject(signal.reason), leaveAfterMs);
    };
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    running.then(resolve, reject).finally(() => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
    });
  });
}
