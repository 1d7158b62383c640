import type { PulumiCommand } from "@pulumi/pulumi/automation/cmd";
import { ensurePulumiCli } from "../pulumi-cli/ensure-pulumi-cli";

/** The Pulumi CLI, fetched if need be: what takes time is told on stderr. */
export function fetchedCli(): Promise<PulumiCommand> {
  return ensurePulumiCli({ onProgress: (line) => void process.stderr.write(`${line}\n`) });
}
