import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";

/** Every file of a folder by its path, with a digest of its content, without the caches of what was compiled. */
export async function folderDigests(directory: string): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.parentPath.includes("node_modules/.cache"))
    .map((entry) => join(entry.parentPath, entry.name));
  const digests = files.sort().map(async (file) => {
    const digest = createHash("sha256").update(await readFile(file));
    return [relative(directory, file), digest.digest("hex")] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}
