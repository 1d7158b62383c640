import { Command } from "commander";
import { STOP_RUNNING_OPTION, withRunOptions } from "./run-options";
import type { RollbackOptions } from "./run-resume";

export function rollbackCommand(): Command {
  return withRunOptions(
    new Command("rollback")
      .description("Make the previous release active again; of a run that is not finished, the same as abort")
      .argument("[service...]", "services to take back (default: those of the last deploy)"),
  )
    .option("--to <release>", "an older release, by name or digest (default: the one before)")
    .option(...STOP_RUNNING_OPTION)
    .option("--reason <text>", "why, for the history")
    .addHelpText(
      "after",
      "\nExamples:\n  npm run rollback -- --stack prod\n  npm run rollback -- --stack prod users --to v7",
    )
    .action(run);
}

function run(services: string[], options: RollbackOptions): Promise<void> {
  const { runRollback } = require("./run-resume") as typeof import("./run-resume");
  return runRollback(services, options);
}
