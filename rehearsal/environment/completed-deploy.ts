import type { DeployEvent } from "../../automation/ports/events";
import type { RehearsalEnvironment } from "./environment";
import type { CommandEnd } from "./killable-command";

export interface CompletedDeploy extends CommandEnd {
  ended: Extract<DeployEvent, { type: "deployEnded" }> | undefined;
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
  const ended = end.events.findLast((event) => event.type === "deployEnded");
  if (end.exitCode !== 0) throw new Error(`deploy ${releases.join(" ")} failed: ${ended?.reason ?? end.errors}`);
  return { ...end, ended };
}
