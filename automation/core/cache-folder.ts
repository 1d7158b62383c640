import { homedir } from "node:os";
import { join } from "node:path";

/** Returns this project's folder in the user's cache folder, which depends on the system. It may not exist yet. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env, platform: string = process.platform): string {
  const home = env.HOME || homedir();
  if (platform === "darwin") return join(home, "Library", "Caches", "aoshingo");
  return join(env.XDG_CACHE_HOME || join(home, ".cache"), "aoshingo");
}
