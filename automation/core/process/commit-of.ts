import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Node's own: a rollback has no time to load a library. */
const execFileAsync = promisify(execFile);

/** Returns the commit of the checkout, on GitHub Actions that of the job; null outside git. */
export async function commitOf(directory: string): Promise<string | null> {
  if (process.env.GITHUB_SHA) return process.env.GITHUB_SHA;
  try {
    return (await execFileAsync("git", ["rev-parse", "HEAD"], { cwd: directory })).stdout.trim();
  } catch {
    return null;
  }
}
