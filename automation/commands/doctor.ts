import { Command } from "commander";
import type { DoctorOptions } from "./run-doctor";
import { STORE_OPTION } from "./store-option";

export function doctorCommand(): Command {
  return new Command("doctor")
    .description("Look at all that a deploy depends on, change nothing, and say what there is to do")
    .requiredOption("--stack <name>", "Pulumi stack to look at")
    .option(...STORE_OPTION)
    .option("--config-file <path>", "settings of the stack (default: Pulumi.<stack>.yaml)")
    .option("--json", "print JSON", false)
    .addHelpText("after", "\nExample:\n  npm run doctor -- --stack prod")
    .action(run);
}

function run(options: DoctorOptions): Promise<void> {
  const { runDoctor } = require("./run-doctor") as typeof import("./run-doctor");
  return runDoctor(options);
}
