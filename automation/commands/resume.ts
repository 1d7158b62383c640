import { Command } from "commander";
import type { RunOptions } from "./run-command";
import { withRunOptions } from "./run-options";

export function resumeCommand(): Command {
  return withRunOptions(
    new Command("resume").description("Go on with a run that was stopped, or whose process died, from any machine"),
  )
    .option("--keep", "when stopped again, leave the idle colour as it is", false)
    .addHelpText("after", "\nExample:\n  npm run resume -- --stack prod")
    .action(run);
}

function run(options: RunOptions): Promise<void> {
  const { runResume } = require("./run-resume") as typeof import("./run-resume");
  return runResume(options);
}
