import type { StackOutputs } from "../../components/outputs";
import { UserError } from "../../components/user-error";
import { PROJECT_DIRECTORY } from "../project-directory";
import { presentCli } from "../pulumi-cli/present-cli";
import { pulumiJson } from "../pulumi-command";
import type { DeployStore } from "../store/deploy-store";
import { isLocal, openStore } from "../store/open-store";

/**
 * What a stack says of itself, by one run of the CLI and without the Automation API.
 * @throws UserError while it has no infrastructure
 */
export async function stackOutputs(stack: string): Promise<StackOutputs> {
  const pulumi = presentCli() ?? (await fetchedCli());
  const outputs = await pulumiJson<Partial<StackOutputs>>(pulumi, stack, PROJECT_DIRECTORY, [
    "stack",
    "output",
    "--json",
  ]);
  if (!outputs.live)
    throw new UserError(`stack "${stack}" has no infrastructure yet: run \`pulumi up --stack ${stack}\` first`);
  return outputs as StackOutputs;
}

/** The store of a stack; the stack is asked only where its own bucket may be the store. */
export async function storeOf(stack: string, directory: string | undefined): Promise<DeployStore> {
  return openStore(stack, { directory, outputs: isLocal(directory) ? null : await stackOutputs(stack) });
}

/** The Automation API, which fetches the CLI, takes half a second to load. */
function fetchedCli(): Promise<{ command: string }> {
  const { ensurePulumiCli } =
    require("../pulumi-cli/ensure-pulumi-cli") as typeof import("../pulumi-cli/ensure-pulumi-cli");
  return ensurePulumiCli({ onProgress: (line) => process.stderr.write(`${line}\n`) });
}
