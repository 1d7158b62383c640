import { Command } from "commander";
import { STOP_RUNNING_OPTION, withRunOptions } from "./run-options";
import type { AbortOptions } from "./run-resume";

export function abortCommand(): Command {
  return withRunOptions(
    new Command("abort").description("Take a run that was not finished back to what was active before it"),
  )
    .option(...STOP_RUNNING_OPTION)
    .addHelpText(
      "after",
      "\nExamples:\n  npm run abort -- --stack prod\n  npm run abort -- --stack prod --stop-running    # it goes on in CI",
    )
    .action(run);
}

function run(options: AbortOptions): Promise<void> {
  const { runAbort } = require("./run-resume") as typeof import("./run-resume");
  return runAbort(options);
}
