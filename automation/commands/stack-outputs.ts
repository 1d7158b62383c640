import type { StackOutputs } from "../../components/live/outputs";
import { readOutputs } from "../../components/live/stack-state";
import { noInfrastructure } from "../core/no-infrastructure";
import type { DeployStore } from "../ports/store";
import { presentCli } from "../pulumi-cli/present-cli";
import { pulumiJson } from "../stack/pulumi-command";
import { isLocal, openStore } from "../store/open-store";
import { fetchedCli } from "./fetched-cli";

/**
 * What a stack says of itself, by one run of the CLI and without the Automation API.
 * @throws UserError if it does not exist, or while it has no infrastructure
 */
export async function stackOutputs(stack: string): Promise<StackOutputs> {
  const outputs = await outputsIn(stack);
  if (!outputs) throw noInfrastructure(stack);
  return outputs;
}

/**
 * The same, and null while it has no infrastructure.
 * @throws UserError if it does not exist
 */
export async function outputsIn(stack: string): Promise<StackOutputs | null> {
  const pulumi = presentCli() ?? (await fetchedCli());
  return readOutputs(await pulumiJson<Record<string, unknown>>(pulumi, stack, ["stack", "output", "--json"]));
}

/** The store of a stack; the stack is asked only where its own bucket may be the store. */
export async function storeOf(stack: string, directory: string | undefined): Promise<DeployStore> {
  return openStore(stack, { directory, outputs: isLocal(directory) ? null : await stackOutputs(stack) });
}
