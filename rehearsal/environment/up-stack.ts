import "../../automation/core/light-pulumi-sdk";
import { StepFailed } from "../../automation/core/errors";
import { ensurePulumiCli } from "../../automation/pulumi-cli/ensure-pulumi-cli";
import { STATE_WRITTEN_ONCE } from "../../automation/stack/in-place-ups";
import { projectProgram } from "../../automation/stack/project-program";
import { WorkspaceStack } from "../../automation/stack/workspace-stack";
import { UserError } from "../../components/core/user-error";
import type { StackOutputs } from "../../components/live/outputs";

import { STACK } from "../cloud/settings-source";

interface StackUp {
  /** Environment variables that lead Pulumi to the cloud. */
  variables: Record<string, string>;
  settingsFile: string;
  /** Creates the stack if it does not exist. */
  create: boolean;
  signal: AbortSignal;
}

/**
 * Brings the stack's infrastructure up to its settings, as a person does with `pulumi up`; the program runs in this
 * process. A new stack has no release yet.
 * @throws UserError with the cause if AWS would refuse it
 * @public loaded by require, which the search for unused exports does not see
 */
export async function upStack({ variables, settingsFile, create, signal }: StackUp): Promise<StackOutputs> {
  const stack = await WorkspaceStack.open(STACK, settingsFile, projectProgram(), () => ensurePulumiCli(), {
    create,
    // One that does not come to its end leaves nothing to go on with: the cloud ends, too.
    environment: { ...variables, ...STATE_WRITTEN_ONCE },
  });
  try {
    const { outputs } = await stack.up(null, { message: "bring up the infrastructure", signal, onProgress: () => {} });
    return outputs;
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    const detail = error.detail === "" ? "" : `\n${error.detail}`;
    throw new UserError(`the infrastructure does not come up: ${error.message}${detail}`, { exitCode: 1 });
  } finally {
    await stack.close();
  }
}
