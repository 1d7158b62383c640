import { Command } from "commander";
import { HELP_GROUPS } from "./help-groups";
import { lateActions } from "./late-actions";
import { JSON_OPTION, STACK_OPTION } from "./options";

export function runCommand(): Command {
  return new Command("run")
    .helpGroup(HELP_GROUPS.services)
    .description("Run a job now, once, with its active release, and print what it writes; its schedule goes on")
    .argument("<job>", "one service of kind job")
    .requiredOption(...STACK_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      "\nCtrl-C stops the task, which gets SIGTERM.\n\nExample:\n  npx aoshingo run --stack prod users-report",
    )
    .action((job: string, options: { stack: string; json: boolean }) => lateActions.runJob().runJob(job, options));
}
