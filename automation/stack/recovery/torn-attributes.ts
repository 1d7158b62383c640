import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { folderOf } from "./backend-url";

/**
 * Makes a state in a folder readable again after a crash. The CLI replaces the state's file as a whole, but writes the `.attrs` file beside it (type and
 * checksum, which it does not ask for; gocloud.dev/blob/fileblob) in place: killed in between it leaves that empty, and then no command reads the state any
 * more. Without the file all goes on. Taken from somebody who is just writing it, it is missing until the state is written next: no harm.
 * @returns whether there was one
 */
export async function removeTornAttributes(backendUrl: string, project: string, stack: string): Promise<boolean> {
  const folder = folderOf(backendUrl);
  if (folder === null) return false;
  const states = join(folder, ".pulumi", "stacks", project);
  const names = await readdir(states).catch(() => []);
  // A compressed state has one ending more.
  const files = names.filter((name) => name.startsWith(`${stack}.json`) && name.endsWith(".attrs"));
  const removed = await Promise.all(files.map((name) => removeIfTorn(join(states, name))));
  return removed.includes(true);
}

async function removeIfTorn(file: string): Promise<boolean> {
  try {
    JSON.parse(await readFile(file, "utf8"));
    return false;
  } catch (error) {
    if (!(error instanceof SyntaxError)) return false;
    await rm(file, { force: true });
    return true;
  }
}
