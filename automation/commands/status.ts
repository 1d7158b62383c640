import { Command } from "commander";
import type { StatusOptions } from "./run-status";
import { STORE_OPTION } from "./store-option";

export function statusCommand(): Command {
  return new Command("status")
    .description("Show each service's colours, releases, sizes and health, and the deploy that runs")
    .requiredOption("--stack <name>", "Pulumi stack to look at")
    .option("--watch", "go on looking until Ctrl-C; in a pipe, print what changes", false)
    .option(...STORE_OPTION)
    .option("--config-file <path>", "settings of the stack (default: Pulumi.<stack>.yaml)")
    .option("--json", "print JSON", false)
    .addHelpText("after", "\nExamples:\n  npm run status -- --stack prod\n  npm run status -- --stack prod --watch")
    .action(run);
}

function run(options: StatusOptions): Promise<void> {
  const { runStatus } = require("./run-status") as typeof import("./run-status");
  return runStatus(options);
}
