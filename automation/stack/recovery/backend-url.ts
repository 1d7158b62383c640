import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const FILE_SCHEME = "file://";

/**
 * Returns where the CLI keeps the state: from its environment, else from the project file, else from its last login.
 * Empty if none of them says it.
 */
export function backendUrlOf(project: { backend?: { url?: string } }, environment: NodeJS.ProcessEnv): string {
  return environment.PULUMI_BACKEND_URL || project.backend?.url || lastLogin(environment);
}

/**
 * Returns the folder of a backend URL such as `file:///var/state?no_tmp_dir=true`, `file://~` or `file://~/state`; null
 * for any other backend.
 */
export function folderOf(backendUrl: string): string | null {
  if (!backendUrl.startsWith(FILE_SCHEME)) return null;
  const path = decodeURIComponent(backendUrl.slice(FILE_SCHEME.length).split("?")[0]!);
  return path === "~" || path.startsWith("~/") ? join(homedir(), path.slice(1)) : path;
}

function lastLogin({ PULUMI_HOME }: NodeJS.ProcessEnv): string {
  const file = join(PULUMI_HOME || join(homedir(), ".pulumi"), "credentials.json");
  if (!existsSync(file)) return "";
  return (JSON.parse(readFileSync(file, "utf8")) as { current?: string }).current ?? "";
}
