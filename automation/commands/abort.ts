import { Command } from "commander";
import { STOP_RUNNING_OPTION, withRunOptions } from "./run-options";
import type { AbortOptions } from "./run-take-up";

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
  const { runAbort } = require("./run-take-up") as typeof import("./run-take-up");
  return runAbort(options);
}
