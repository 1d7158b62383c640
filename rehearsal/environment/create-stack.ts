import { ensurePulumiCli } from "../../automation/pulumi-cli/ensure-pulumi-cli";
import { WorkspaceStack } from "../../automation/stack/workspace-stack";
import type { StackOutputs } from "../../components/live/outputs";

import program = require("../../index");

import { STACK } from "./rehearsal-stack";

/** Makes the stack and brings up its infrastructure, without a release yet: what a person does with `pulumi up`, with the program in this process. */
export async function createStack(
  environment: Record<string, string>,
  settingsFile: string,
  signal: AbortSignal,
): Promise<StackOutputs> {
  const stack = await WorkspaceStack.open(STACK, settingsFile, program, await ensurePulumiCli(), {
    create: true,
    environment,
  });
  try {
    const { outputs } = await stack.up(null, { message: "bring up the infrastructure", signal, onProgress: () => {} });
    return outputs;
  } finally {
    await stack.close();
  }
}
