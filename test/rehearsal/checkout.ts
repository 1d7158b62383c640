import { cp, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { linkPackages } from "../link-packages";

const ROOT = join(__dirname, "../..");
/** What a fresh `git clone` does not have. */
const NOT_CLONED = new Set([".git", "node_modules", "out", "coverage"]);

/** Makes a folder that is like a clean checkout, with its packages installed. */
export async function checkOut(directory: string): Promise<void> {
  await mkdir(directory);
  for (const name of await readdir(ROOT)) {
    if (!NOT_CLONED.has(name)) await cp(join(ROOT, name), join(directory, name), { recursive: true });
  }
  linkPackages(directory);
}
