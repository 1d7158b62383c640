import { Command } from "commander";
import { EXIT_FAILED, endWith } from "../core/process/command-end";
import { onStopSignal } from "../core/process/stop-signals";
import { ensurePulumiCli, pulumiCliFile } from "./ensure-pulumi-cli";

/*
 * Makes sure that a Pulumi CLI is installed, and prints its path on stdout and progress on stderr:
 *
 *     node -r ./automation/register.cjs automation/pulumi-cli/main.ts
 */

const program = new Command("aoshingo pulumi-cli")
  .description("Make sure that there is a Pulumi CLI, and print its path; its progress is on the standard error")
  .allowExcessArguments(false)
  .showSuggestionAfterError()
  .addHelpText(
    "after",
    `
Example:
  "$(npx aoshingo pulumi-cli 2>/dev/null)" stack ls

Exit codes: 0 there is one, 1 it cannot be had, 2 wrong use`,
  )
  .exitOverride();

async function main(): Promise<number> {
  program.parse();
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
