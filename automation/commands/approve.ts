import { Command } from "commander";
import { HELP_GROUPS } from "./help-groups";
import { lateActions } from "./late-actions";
import { examples, JSON_OPTION, STACK_OPTION, STORE_OPTION } from "./options";
import type { ApproveOptions } from "./run-approve";

export function approveCommand(): Command {
  return new Command("approve")
    .helpGroup(HELP_GROUPS.deploying)
    .description("Approve the cutover of the deploy that waits for it, or refuse it")
    .argument("[run]", "id of the run (default: whichever run waits)")
    .requiredOption(...STACK_OPTION)
    .option("--refuse", "refuse: the deploy is taken back", false)
    .option("--reason <text>", "the reason, kept in the history", "")
    .option(...STORE_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        "npx aoshingo approve --stack prod",
        'npx aoshingo approve --stack prod --refuse --reason "wrong price"',
      ),
    )
    .action((run: string | undefined, options: ApproveOptions) => lateActions.runApprove().runApprove(run, options));
}
