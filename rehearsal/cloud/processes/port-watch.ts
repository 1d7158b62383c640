import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/**
 * Real milliseconds between two tries. Nothing tells us when another process listens; this is short against an AWS
 * second at 20 : 1.
 */
const RETRY_MS = 25;

/** Resolves to true once something accepts a TCP connection, to false if the signal is aborted first. */
export async function accepting(address: string, port: number, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    if (await connects(address, port)) return !signal.aborted;
    await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

function connects(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address);
    const settle = (connected: boolean) => {
      socket.destroy();
      resolve(connected);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}
