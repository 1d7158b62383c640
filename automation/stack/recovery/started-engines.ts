import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { cacheFolder } from "../../core/cache-folder";
import { processMark, startedProcessHasEnded } from "../../core/process/process-mark";
import { isAlive, processEntry, startedMs } from "../../core/process/process-table";
import { userName } from "../../core/process/who-am-i";
import type { Lock } from "./lock";

/*
 * A lock names its machine by the host name alone, and two updates at once break the state. So this machine keeps a record of each engine
 * that a command starts, and takes away the lock of such a one when it has ended (docs/decisions/locks-of-own-engines.md).
 */

const engine = z.object({ pid: z.int(), startedMs: z.number(), mark: z.string().optional() });

/** An engine takes the lock when it has started, which takes seconds on a busy machine. The system's time may be corrected in between. */
const LOCKED_WITHIN_MS = 60_000;
/** Where only the CLI's message is known, a lock's time is in whole seconds. */
const ROUNDED_MS = 1_000;
/** A lock that is older than this is not taken away without anybody's doing. */
const KEPT_MS = 30 * 24 * 60 * 60_000;

/** Remembers an engine that this process has just started. Where that cannot be written, nothing is known of it later. */
export function rememberEngine(pid: number, nowMs = Date.now()): void {
  try {
    mkdirSync(folder(), { recursive: true });
    writeFileSync(fileOf(pid), JSON.stringify({ pid, startedMs: nowMs, mark: processMark(pid) }), { mode: 0o600 });
    // Another process may take away one of these meanwhile, so they come last.
    for (const name of readdirSync(folder())) forgetOld(join(folder(), name), nowMs);
  } catch {}
}

/** Forgets an engine that has given its lock back. */
export function forgetEngine(pid: number): void {
  try {
    rmSync(fileOf(pid), { force: true });
  } catch {}
}

/**
 * True only if the lock is that of an engine of this machine which has ended: one that a command has started here; or, but in CI, where
 * machines share names, a `pulumi` of the same user.
 */
export function ownerHasEnded(lock: Lock): boolean {
  if (lock.host !== hostname()) return false;
  const started = remembered(lock);
  if (started !== null) return startedProcessHasEnded(started);
  return !process.env.CI && lock.user === userName() && pidIsFreeOrLater(lock);
}

/** True for a lock of this machine's name whose process is not there, and of which nothing else is known. */
export function mayHaveRunHere(lock: Lock): boolean {
  return lock.host === hostname() && pidIsFreeOrLater(lock) && !ownerHasEnded(lock);
}

/**
 * True for such a lock of an engine that a run has started on another machine and whose process is gone: in CI that machine has gone with it.
 * @param lostMs when that run began the `up`, by the same machine's clock; null if there is none
 */
export function isOfLostUp(lock: Lock, lostMs: number | null): boolean {
  if (lostMs === null || !mayHaveRunHere(lock) || remembered(lock) !== null) return false;
  const laterMs = lock.sinceMs - lostMs;
  return laterMs >= -ROUNDED_MS && laterMs <= LOCKED_WITHIN_MS;
}

/** True as well for a zombie, and for a process that started after the lock was taken and is not the CLI. */
function pidIsFreeOrLater({ pid, sinceMs }: Lock): boolean {
  const entry = processEntry(pid);
  if (entry === undefined) return !isAlive(pid);
  const isLater = startedMs(entry) > sinceMs + LOCKED_WITHIN_MS && !/pulumi/.test(entry.command);
  return entry.hasEnded || isLater;
}

const folder = () => join(cacheFolder(), "engines");
const fileOf = (pid: number) => join(folder(), `${pid}.json`);

function forgetOld(file: string, nowMs: number): void {
  if (nowMs - statSync(file).mtimeMs > KEPT_MS) rmSync(file, { force: true });
}

/** Returns null for an engine that this machine did not start, and for a record that was not written to its end. */
function remembered({ pid, sinceMs }: Lock): z.output<typeof engine> | null {
  try {
    const started = engine.parse(JSON.parse(readFileSync(fileOf(pid), "utf8")));
    return Math.abs(sinceMs - started.startedMs) <= LOCKED_WITHIN_MS ? started : null;
  } catch {
    return null;
  }
}
