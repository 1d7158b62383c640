import { homedir } from "node:os";
import { join } from "node:path";

/** The folder of this project in the user's cache folder: where each system wants it. It may not exist yet. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string {
  const home = env.HOME || homedir();
  if (platform === "darwin") return join(home, "Library", "Caches", "aoshingo");
  return join(env.XDG_CACHE_HOME || join(home, ".cache"), "aoshingo");
}
