import { UserError } from "../../../components/core/user-error";

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

function secondsOf(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+/, "");
}
