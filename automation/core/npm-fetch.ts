import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { moveUnlessThere } from "./move-unless-there";

/** Nothing that it fetches runs code of its own before somebody uses it. */
const OPTIONS = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];

/**
 * Lets npm fill a folder of the user's cache, once. It fills another one first, so that a folder with the right name is always
 * whole; when two processes fetch at the same time, the folder of the first one is kept.
 * @param args of npm, without the folder
 * @param prepare writes what npm reads into the folder. Default: nothing
 * @throws Error when npm fails; its reason is on the error output
 */
export function fetchOnce(folder: string, args: readonly string[], prepare: (folder: string) => void = () => {}): void {
  if (existsSync(folder)) return;
  mkdirSync(dirname(folder), { recursive: true });
  const partial = mkdtempSync(`${folder}-`);
  const [command = "", ...others] = args;
  try {
    prepare(partial);
    execFileSync("npm", [command, "--prefix", partial, ...OPTIONS, ...others], {
      stdio: ["ignore", "ignore", "inherit"],
      shell: process.platform === "win32",
    });
    moveUnlessThere(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
