import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { folderOf } from "./recovery/backend-url";

/**
 * Returns a text that changes with each write of a stack's state in a self-managed backend; null where that cannot be
 * known, or where there is none. The files beside the state, such as its backup, count as well.
 */
export async function stateStamp(backendUrl: string, project: string, stack: string): Promise<string | null> {
  const file = `.pulumi/stacks/${project}/${stack}.json`;
  const folder = folderOf(backendUrl);
  if (folder !== null) return (await filesAt(join(folder, file))) || null;
  if (!backendUrl.startsWith("s3://")) return null;
  // The SDK takes a while to load, so only a backend in a bucket loads it.
  const { etagsOf } = require("./recovery/backend-bucket") as typeof import("./recovery/backend-bucket");
  return (await etagsOf(new URL(backendUrl), file)) || null;
}

/** The CLI replaces the file as a whole, so it is another one after each write. */
async function filesAt(path: string): Promise<string> {
  const [folder, name] = [join(path, ".."), path.slice(path.lastIndexOf("/") + 1)];
  const names = (await readdir(folder)).filter((one) => one.startsWith(name)).sort();
  const stamps = names.map(async (one) => {
    const { ino, size, mtimeNs } = await stat(join(folder, one), { bigint: true });
    return `${one} ${ino} ${size} ${mtimeNs}`;
  });
  return (await Promise.all(stamps)).join("\n");
}
