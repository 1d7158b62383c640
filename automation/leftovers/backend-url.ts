import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * Where the CLI keeps the state: the first of its environment, its project file and its last login.
 * Empty if there is none of them.
 */
export function backendUrlOf(project: { backend?: { url?: string } }, environment: NodeJS.ProcessEnv): string {
  return environment.PULUMI_BACKEND_URL || project.backend?.url || lastLogin(environment);
}

function lastLogin({ PULUMI_HOME }: NodeJS.ProcessEnv): string {
  const file = join(PULUMI_HOME || join(homedir(), ".pulumi"), "credentials.json");
  if (!existsSync(file)) return "";
  return (JSON.parse(readFileSync(file, "utf8")) as { current?: string }).current ?? "";
}
