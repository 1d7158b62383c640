import { readFileSync } from "node:fs";
import { UserError } from "../../../components/core/user-error";
import { hasProvablyEnded, type ProcessEntry } from "../../core/process/process-table";

/**
 * One holder of the stack's lock: an operation of the CLI that is running, or one that ended without giving the lock
 * back.
 */
export interface Lock {
  user: string;
  host: string;
  pid: number;
  /** Unix milliseconds; whole seconds where only the CLI's message is known. */
  sinceMs: number;
}

/** Another operation has the stack's lock. */
export class StackLocked extends UserError {
  /** @param locks empty where the backend does not say whose they are: Pulumi Cloud */
  constructor(
    message: string,
    readonly locks: Lock[],
  ) {
    super(message, { exitCode: 1 });
    this.name = "StackLocked";
  }
}

/**
 * Messages of self-managed backends (pkg/backend/diy/lock.go) and of Pulumi Cloud; the Automation API makes a
 * ConcurrentUpdateError of them.
 */
const REFUSALS = [/the stack is currently locked by/, /\[409\] Conflict: Another update is currently in progress/];

/**
 * `  s3://bucket/.pulumi/locks/organization/app/prod/3519ec2a.json: created by root@vm (pid 24303) at
 * 2026-11-25T10:38:45Z`
 */
const HOLDER = /: created by (.*)@(\S+) \(pid (\d+)\) at (\S+)$/gm;

/**
 * Length of a tick of the kernel's clock as programs see it, on every architecture that Node runs on (proc(5),
 * sysconf(3)). Milliseconds.
 */
const TICK_MS = 10;
/**
 * A process starts before it takes a lock. The system's time may have been corrected in between, and both times are
 * rounded.
 */
const CLOCK_TOLERANCE_MS = 60_000;

/** Parses what the CLI prints to stderr when it does not get the lock; null if it says something else. */
export function refusalOf(stderr: string): StackLocked | null {
  if (!REFUSALS.some((refusal) => refusal.test(stderr))) return null;
  const locks = [...stderr.matchAll(HOLDER)].map(([, user, host, pid, since]) => ({
    user: user!,
    host: host!,
    pid: Number(pid),
    sinceMs: Date.parse(since!),
  }));
  return new StackLocked(`the stack is locked: ${describeLocks(locks)}`, locks);
}

/** Returns, for each lock, something like `root@vm, pid 24303, since 2026-11-25T10:38:45Z`. */
export function describeLocks(locks: readonly Lock[]): string {
  if (locks.length === 0) return "another update, which the backend does not name";
  return locks
    .map(({ user, host, pid, sinceMs }) => `${user}@${host}, pid ${pid}, since ${secondsOf(sinceMs)}`)
    .join(" and ");
}

/**
 * True only if the lock's owner is known to have ended: it ran on this machine, and its pid is free, a zombie's, or
 * that of a process that started after the lock was taken and is not the CLI. A lock names its machine only by the host
 * name.
 */
export function ownerHasEnded(lock: Lock): boolean {
  return hasProvablyEnded(
    lock,
    (entry) => startOf(entry) <= lock.sinceMs + CLOCK_TOLERANCE_MS || /pulumi/.test(entry.command),
  );
}

/** Unix milliseconds. */
function startOf({ startTicks }: ProcessEntry): number {
  const bootSeconds = Number(/^btime (\d+)$/m.exec(readFileSync("/proc/stat", "utf8"))?.[1]);
  return bootSeconds * 1000 + Number(startTicks) * TICK_MS;
}

function secondsOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+/, "");
}
