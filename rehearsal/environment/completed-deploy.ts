import { type DeployEnded, endOfDeploy } from "../deploy-end";
import type { RehearsalEnvironment } from "./environment";
import type { CommandEnd } from "./killable-command";

export interface CompletedDeploy extends CommandEnd {
  ended: DeployEnded | undefined;
}

/**
 * Runs the deploy command to its end.
 * @param releases such as `users=v2`
 * @throws Error when it failed
 */
export async function completedDeploy(
  environment: RehearsalEnvironment,
  releases: readonly string[],
): Promise<CompletedDeploy> {
  const end = await environment.run("deploy", releases);
  const ended = endOfDeploy(end.events);
  if (end.exitCode !== 0) throw new Error(`deploy ${releases.join(" ")} failed: ${ended?.reason ?? end.errors}`);
  return { ...end, ended };
}
