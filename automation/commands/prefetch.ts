import { setImmediate } from "node:timers/promises";
import type { PulumiCommand } from "@pulumi/pulumi/automation/cmd";
import type { StackOutputs } from "../../components/live/outputs";
import { presentCli } from "../pulumi-cli/present-cli";
import { fetchedCli } from "./fetched-cli";
import { outputsIn } from "./stack-outputs";

/** What the CLI is asked before a run. */
export interface Asked {
  pulumi: Promise<PulumiCommand>;
  /** As they are without the lease: another run may change them. Null while the stack has no infrastructure. */
  outputs: Promise<StackOutputs | null>;
}

/** Once for each stack. */
const asked = new Map<string, Asked>();

/**
 * Asks the CLI while the rest of the program loads, which takes as long: a rollback has no second to lose. Where the CLI would have to be fetched
 * nothing begins before faults in the settings were told.
 */
export async function askAhead(stack: string): Promise<void> {
  if (!presentCli()) return;
  const { pulumi, outputs } = prefetch(stack);
  for (const answer of [pulumi, outputs]) answer.catch(() => {});
  // What loads next lets nothing else begin.
  await setImmediate();
}

export function prefetch(stack: string): Asked {
  const before = asked.get(stack);
  if (before) return before;
  const asking = { pulumi: fetchedCli(), outputs: outputsIn(stack) };
  asked.set(stack, asking);
  return asking;
}
