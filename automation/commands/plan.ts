import { Command } from "commander";
import type { PlanCommandOptions } from "./run-plan";
import { STORE_OPTION } from "./store-option";

export function planCommand(): Command {
  return new Command("plan")
    .description("Show a whole deploy before it starts: steps, what each `up` changes, times; it touches nothing")
    .argument("[service=image...]", "as for `deploy`; with --rollback the services to take back")
    .requiredOption("--stack <name>", "Pulumi stack to plan for")
    .option("--rollback", "plan a rollback instead", false)
    .option("--to <release>", "of a rollback: an older release, by name or digest (default: the one before)")
    .option("--despite-alarms", "plan although an alarm fires already", false)
    .option("--despite-unhealthy", "plan although production is not healthy", false)
    .option(...STORE_OPTION)
    .option("--config-file <path>", "settings of the stack (default: Pulumi.<stack>.yaml)")
    .option("--json", "print JSON", false)
    .addHelpText(
      "after",
      [
        "",
        "Examples:",
        "  npm run plan -- --stack prod users=v2 doodle=v7",
        "  npm run plan -- --stack prod --rollback",
      ].join("\n"),
    )
    .action(run);
}

function run(args: string[], options: PlanCommandOptions): Promise<void> {
  const { runPlan } = require("./run-plan") as typeof import("./run-plan");
  return runPlan(args, options);
}
