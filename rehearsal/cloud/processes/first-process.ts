import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";

/** State of a socket that listens, in /proc/net/tcp (Linux's tcp_states.h). */
const LISTEN = "0A";
const FIELDS = { local: 1, state: 3 };

/** A socket of a container that waits for connections. */
export interface ListeningSocket {
  port: number;
  /** Whether only the container itself reaches it. */
  isLoopback: boolean;
}

/**
 * Returns the only child of a process, as this machine numbers it: of `unshare`, the first process of the container.
 * Undefined if there is none.
 */
export function onlyChildOf(pid: number): number | undefined {
  const children = read(`/proc/${pid}/task/${pid}/children`).trim();
  return children === "" ? undefined : Number(children.split(" ")[0]);
}

/**
 * Whether a process has a handler for the signal that asks it to end. Without one, the kernel gives the signal to no first
 * process of a PID namespace (pid_namespaces(7)). Undefined where it is not known: without /proc, for a process that has
 * ended, and for a signal that Node does not know.
 * @param stopSignal its name or number, as in STOPSIGNAL of a Dockerfile
 */
export function handlesTermination(pid: number, stopSignal = "SIGTERM"): boolean | undefined {
  const [, caught] = /^SigCgt:\s*([0-9a-f]+)$/m.exec(read(`/proc/${pid}/status`)) ?? [];
  const signal = signalNumber(stopSignal);
  if (caught === undefined || signal === undefined) return undefined;
  return ((BigInt(`0x${caught}`) >> BigInt(signal - 1)) & 1n) === 1n;
}

function signalNumber(signal: string): number | undefined {
  if (/^[1-9]\d*$/.test(signal)) return Number(signal);
  const name = signal.toUpperCase();
  const numbers: Partial<Record<string, number>> = constants.signals;
  return numbers[name] ?? numbers[`SIG${name}`];
}

/** Whether a process of this machine is the first one of a container: it has the number 1 in a PID namespace of its own. */
export function isFirstOfContainer(pid: number): boolean {
  const [, numbers = ""] = /^NSpid:\s*(.*)$/m.exec(read(`/proc/${pid}/status`)) ?? [];
  return /\s1$/.test(numbers);
}

/** Returns the command of a process, its words separated by spaces; "" if it has ended. */
export function commandOf(pid: number): string {
  return read(`/proc/${pid}/cmdline`).split("\0").join(" ").trim();
}

/** Returns the TCP sockets that listen in the network of a process. Empty where there is no /proc. */
export function listeningSockets(pid: number): ListeningSocket[] {
  return ["tcp", "tcp6"].flatMap((table) => parseListening(read(`/proc/${pid}/net/${table}`)));
}

/** Reads a table such as /proc/net/tcp, whose addresses are hexadecimal, each word of 4 bytes from its last byte on. */
export function parseListening(table: string): ListeningSocket[] {
  return table
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      if (fields[FIELDS.state] !== LISTEN) return [];
      const [address = "", port = ""] = fields[FIELDS.local]!.split(":");
      return { port: Number.parseInt(port, 16), isLoopback: isLoopback(address) };
    });
}

function isLoopback(address: string): boolean {
  // ::1, and 127.0.0.0/8 by itself or as ::ffff:127.0.0.0/104. The last byte is the first one of IPv4.
  if (address === "00000000000000000000000001000000") return true;
  const isIpv4 = address.length === 8 || address.startsWith("0000000000000000FFFF0000");
  return isIpv4 && address.endsWith("7F");
}

function read(path: string): string {
  return existsSync(path) ? readIfThere(path) : "";
}

/** Returns "" for a process that has just ended. */
function readIfThere(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
