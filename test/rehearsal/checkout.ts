import { cp, mkdir, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";

const ROOT = join(__dirname, "../..");
/** What a fresh `git clone` does not have. */
const NOT_CLONED = new Set([".git", "node_modules", "out", "coverage"]);

/** Makes a folder that is like a clean checkout, with its packages installed. */
export async function checkOut(directory: string): Promise<void> {
  await mkdir(directory);
  for (const name of await readdir(ROOT)) {
    if (!NOT_CLONED.has(name)) await cp(join(ROOT, name), join(directory, name), { recursive: true });
  }
  // A folder of its own, so that what is compiled for this checkout goes with it.
  const packages = join(ROOT, "node_modules");
  await mkdir(join(directory, "node_modules"));
  for (const name of await readdir(packages)) {
    if (name !== ".cache") await symlink(join(packages, name), join(directory, "node_modules", name));
  }
}
