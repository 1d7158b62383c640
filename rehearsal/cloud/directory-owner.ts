import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../components/core/user-error";
import { startTimeOf } from "./processes/process-identity";

const FILE = "cloud.json";

interface Owner {
  pid: number;
  startTime: string;
  /** Of its API, as soon as it serves. */
  apiUrl?: string;
}

/**
 * Makes this process the one whose cloud is in a directory; the end of the process gives it free.
 * @throws UserError while another cloud runs there: emptying its directory would end its tasks
 */
export function ownDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, FILE);
  const owner = readOwner(file);
  if (owner && owner.pid !== process.pid && isRunning(owner))
    throw new UserError(
      `a cloud runs in ${directory} already (process ${owner.pid}): end it, or give another DIRECTORY, LOOPBACK and PORT_OFFSET`,
      { exitCode: 1 },
    );
  writeOwner(directory);
}

/** Lets commands find this process's cloud by its directory. */
export function announceApi(directory: string, apiUrl: string): void {
  writeOwner(directory, apiUrl);
}

/** Undefined where no cloud serves. */
export function apiOfCloudIn(directory: string): string | undefined {
  const owner = readOwner(join(directory, FILE));
  return owner && isRunning(owner) ? owner.apiUrl : undefined;
}

function isRunning({ pid, startTime }: Owner): boolean {
  return startTimeOf(pid) === startTime;
}

function writeOwner(directory: string, apiUrl?: string): void {
  const owner = { pid: process.pid, startTime: startTimeOf(process.pid), apiUrl };
  writeFileSync(join(directory, FILE), JSON.stringify(owner));
}

function readOwner(file: string): Owner | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Owner;
  } catch {
    // None yet, or one that was killed while it wrote.
    return null;
  }
}
