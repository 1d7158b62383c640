import { Command } from "commander";
import { askAhead } from "./ask-ahead";
import type { RunOptions } from "./run-command";
import { withRunOptions } from "./run-options";

export function abortCommand(): Command {
  return withRunOptions(
    new Command("abort").description("Take a run that was not finished back to what was active before it"),
  )
    .addHelpText("after", "\nExample:\n  npm run abort -- --stack prod")
    .action(run);
}

async function run(options: RunOptions): Promise<void> {
  await askAhead(options.stack);
  const { runAbort } = require("./run-take-up") as typeof import("./run-take-up");
  return runAbort(options);
}
