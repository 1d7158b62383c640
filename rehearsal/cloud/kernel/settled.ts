import type { CloudContext } from "./context";

/**
 * Waits until a condition holds, and checks it again at each change.
 *
 * @param subscribe returns the unsubscribe function
 * @param limitSeconds AWS seconds
 * @returns false if the limit is over or the signal is aborted first; rejects with the error that `holds` throws
 */
export async function settled(
  context: CloudContext,
  subscribe: (listener: () => void) => () => void,
  holds: () => boolean,
  limitSeconds: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (holds()) return true;
  const over = new AbortController();
  let unsubscribe = () => {};
  const changed = new Promise<boolean>((resolve, reject) => {
    unsubscribe = subscribe(() => {
      try {
        if (holds()) resolve(true);
      } catch (error) {
        reject(error);
      }
    });
  });
  const timeout = context.clock.sleep(limitSeconds, AbortSignal.any([signal, over.signal])).then(
    () => false,
    () => false,
  );
  try {
    return await Promise.race([changed, timeout]);
  } finally {
    unsubscribe();
    over.abort();
  }
}
