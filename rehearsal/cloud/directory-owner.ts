import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../components/user-error";
import { startTimeOf } from "./compute/process-identity";

const FILE = "cloud.json";

interface Owner {
  pid: number;
  startTime: string;
}

/**
 * Makes this process the one whose cloud is in a directory; the end of the process gives it free.
 * @throws UserError while another cloud runs there: emptying its directory would end its tasks
 */
export function ownDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true });
  const file = join(directory, FILE);
  const owner = readOwner(file);
  if (owner && owner.pid !== process.pid && startTimeOf(owner.pid) === owner.startTime)
    throw new UserError(
      `a cloud runs in ${directory} already (process ${owner.pid}): end it, or give another DIRECTORY, LOOPBACK and PORT_OFFSET`,
      { exitCode: 1 },
    );
  writeFileSync(file, JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) }));
}

function readOwner(file: string): Owner | null {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Owner;
  } catch {
    // None yet, or one that was killed while it wrote.
    return null;
  }
}
