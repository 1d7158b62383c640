import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { folderOf } from "./backend-url";

/**
 * Makes a state in a folder readable again after a crash. The CLI replaces the state's file as a whole, but writes the
 * `.attrs` file beside it (type and checksum, which it does not ask for; gocloud.dev/blob/fileblob) in place. If it is
 * killed in between, that file stays empty and no command can read the state any more. Without the file every command
 * works. Removing a file that a process is just writing does no harm: it is written again with the next state.
 * @returns whether a file was removed
 */
export async function removeTornAttributes(backendUrl: string, project: string, stack: string): Promise<boolean> {
  const folder = folderOf(backendUrl);
  if (folder === null) return false;
  const states = join(folder, ".pulumi", "stacks", project);
  const names = await readdir(states).catch(() => []);
  // A compressed state has one more extension.
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
