import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../components/core/user-error";
import { startTimeOf } from "./processes/process-identity";

const FILE = "cloud.json";

interface Owner {
  pid: number;
  startTime: string;
  /** URL of its API, as soon as it serves. */
  apiUrl?: string;
}

/**
 * Makes this process the owner of a cloud's directory, until the process ends.
 * @throws UserError while another cloud runs there: emptying its directory would end its tasks
 */
export function ownDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true });
  assertNoOtherCloud(directory);
  writeOwner(directory);
}

/** @throws UserError while the cloud of another process runs in the directory */
export function assertNoOtherCloud(directory: string): void {
  const owner = readOwner(join(directory, FILE));
  if (owner && owner.pid !== process.pid && isRunning(owner))
    throw new UserError(
      `a cloud runs in ${directory} already (process ${owner.pid}): end it, or give another DIRECTORY, LOOPBACK and PORT_OFFSET`,
      { exitCode: 1 },
    );
}

/** Records the API's URL, so that commands find this process's cloud by its directory. */
export function announceApi(directory: string, apiUrl: string): void {
  writeOwner(directory, apiUrl);
}

/** Returns the URL of the API of the cloud in a directory; undefined if none serves there. */
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
    // There is none yet, or its process was killed while it wrote.
    return null;
  }
}
