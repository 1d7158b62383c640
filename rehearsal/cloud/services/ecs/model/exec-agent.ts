import type { CloudContext } from "../../../kernel/context";
import type { ContainerDefinition } from "./container-definition";

/** AWS seconds from the start of a task until its agents run. AWS gives no number. */
const START_SECONDS = 5;

export type AgentStatus = "PENDING" | "RUNNING" | "STOPPED";

/**
 * Status of the agent of ECS Exec in a container (C46).
 * @param startedAtMs undefined until the task has started
 */
export function agentStatus(
  { clock }: Pick<CloudContext, "clock">,
  startedAtMs: number | undefined,
  { readonlyRootFilesystem }: ContainerDefinition,
): AgentStatus {
  if (startedAtMs === undefined) return "PENDING";
  // It cannot make its files.
  if (readonlyRootFilesystem) return "STOPPED";
  return Date.now() - startedAtMs < clock.realMs(START_SECONDS) ? "PENDING" : "RUNNING";
}
