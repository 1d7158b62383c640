import type { ExportedState } from "./exported-state";
import { pulumiJson } from "./pulumi-command";
import { stateInBackend } from "./state-in-backend";

export interface StackPlace {
  backendUrl: string;
  project: string;
  stack: string;
}

/**
 * Returns what `pulumi stack export` says, where it can without starting the CLI.
 * @param pulumi called if the CLI is needed
 * @param environment variables for the CLI, on top of this process's own
 */
export async function exportState(
  { backendUrl, project, stack }: StackPlace,
  pulumi: () => Promise<{ command: string }>,
  environment: Record<string, string>,
): Promise<ExportedState> {
  const state = await stateInBackend(backendUrl, project, stack);
  return state ?? pulumiJson<ExportedState>(await pulumi(), stack, ["stack", "export"], environment);
}
