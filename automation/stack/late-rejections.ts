import { status } from "@grpc/grpc-js";

/** What calls to an engine that has gone reject with. */
const ENGINE_GONE: readonly unknown[] = [status.UNAVAILABLE, status.CANCELLED];

/** The end of the error that a function of a provider fails with then. */
const CONNECTION_CLOSED = "grpc: the client connection is closing";

let isInstalled = false;

/**
 * Keeps this process alive when an inline program's calls to its engine reject after the engine was stopped. The SDK
 * handles such rejections only until the operation is over; later ones would end the process before the run has said
 * why it stopped. Every other rejection is left to who else listens, as the SDK does while an operation runs: it reports
 * what the program threw. If nobody does, it ends the process, as without this function.
 */
export function ignoreLateRejections(): void {
  if (isInstalled) return;
  isInstalled = true;
  process.on("unhandledRejection", (reason: unknown) => {
    if (!isEngineGone(reason) && process.listenerCount("unhandledRejection") === 1) throw reason;
  });
}

/** Whether a call to an engine that has gone was rejected with this. */
export function isEngineGone(reason: unknown): boolean {
  if (!(reason instanceof Error)) return false;
  if (reason.message.endsWith(CONNECTION_CLOSED)) return true;
  const { code, metadata } = reason as { code?: unknown; metadata?: unknown };
  return metadata !== undefined && ENGINE_GONE.includes(code);
}
