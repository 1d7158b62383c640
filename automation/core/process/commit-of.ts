import { execa } from "execa";

/** Returns the commit of the checkout, on GitHub Actions that of the job; null outside git. */
export async function commitOf(directory: string): Promise<string | null> {
  if (process.env.GITHUB_SHA) return process.env.GITHUB_SHA;
  const { stdout, failed } = await execa("git", ["rev-parse", "HEAD"], { cwd: directory, reject: false });
  return failed ? null : stdout.trim();
}
