import { Command } from "commander";
import { HELP_GROUPS } from "./help-groups";
import { lateActions } from "./late-actions";
import { CONFIG_FILE_OPTION, examples, JSON_OPTION, STACK_OPTION, STORE_OPTION } from "./options";
import type { StatusOptions } from "./run-status";

export function statusCommand(): Command {
  return new Command("status")
    .helpGroup(HELP_GROUPS.looking)
    .description("Show each service's colours, releases, sizes and health, and the run in progress")
    .requiredOption(...STACK_OPTION)
    .option("--watch", "refresh until Ctrl-C; without a terminal, print each change", false)
    .option(...STORE_OPTION)
    .option(...CONFIG_FILE_OPTION)
    .option(...JSON_OPTION)
    .addHelpText("after", examples("npx aoshingo status --stack prod", "npx aoshingo status --stack prod --watch"))
    .action((options: StatusOptions) => lateActions.runStatus().runStatus(options));
}
