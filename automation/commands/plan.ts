import { Command } from "commander";
import { HELP_GROUPS } from "./help-groups";
import { lateActions } from "./late-actions";
import { CONFIG_FILE_OPTION, examples, JSON_OPTION, STACK_OPTION, STORE_OPTION } from "./options";
import type { PlanCommandOptions } from "./run-plan";

export function planCommand(): Command {
  return new Command("plan")
    .helpGroup(HELP_GROUPS.deploying)
    .description("Show what a deploy would do: its steps, what each `up` changes, how long it takes. Changes nothing")
    .argument("[service=image...]", "as for `deploy`; with --rollback: services to roll back")
    .requiredOption(...STACK_OPTION)
    .option("--rollback", "plan a rollback instead", false)
    .option("--to <release>", "with --rollback: an older release, by name or digest (default: the previous one)")
    .option("--keep-warm <time>", "as for `deploy`")
    .option("--despite-alarms", "plan although an alarm is already firing", false)
    .option("--despite-unhealthy", "plan although production is unhealthy", false)
    .option(...STORE_OPTION)
    .option(...CONFIG_FILE_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples("npx aoshingo plan --stack prod users=v2 doodle=v7", "npx aoshingo plan --stack prod --rollback"),
    )
    .action((args: string[], options: PlanCommandOptions) => lateActions.runPlan().runPlan(args, options));
}
