import type { PulumiCommand } from "@pulumi/pulumi/automation/cmd";

/** The Pulumi CLI, fetched if need be: what takes time is told on stderr. What fetches it is loaded only for who asks. */
export function fetchedCli(): Promise<PulumiCommand> {
  const { ensurePulumiCli } =
    require("../pulumi-cli/ensure-pulumi-cli") as typeof import("../pulumi-cli/ensure-pulumi-cli");
  return ensurePulumiCli({ onProgress: (line) => void process.stderr.write(`${line}\n`) });
}
