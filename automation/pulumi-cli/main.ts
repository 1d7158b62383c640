import { EXIT_FAILED, endWith } from "../core/process/command-end";
import { onStopSignal } from "../core/process/stop-signals";
import { ensurePulumiCli, pulumiCliFile } from "./ensure-pulumi-cli";

/*
 * Makes sure that a Pulumi CLI is installed, and prints its path on stdout and progress on stderr:
 *
 *     node -r ./automation/register.cjs automation/pulumi-cli/main.ts
 */

async function main(): Promise<number> {
  const stop = new AbortController();
  onStopSignal((signal) => stop.abort(new Error(signal)));
  try {
    console.log(pulumiCliFile(await ensurePulumiCli({ onProgress: console.error, signal: stop.signal })));
    return 0;
  } catch (error) {
    if (stop.signal.aborted) return EXIT_FAILED;
    throw error;
  }
}

void endWith(main);
