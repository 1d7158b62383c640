import { type LocalWorkspace, Stack, StackNotFoundError } from "@pulumi/pulumi/automation";
import { UserError } from "../../components/core/user-error";
import { stackFault } from "./pulumi-command";

/** @throws UserError if the stack does not exist */
export async function selectStack(name: string, workspace: LocalWorkspace): Promise<Stack> {
  try {
    return await Stack.select(name, workspace);
  } catch (error) {
    if (error instanceof StackNotFoundError) throw new UserError(stackFault(name, String(error)));
    throw error;
  }
}
