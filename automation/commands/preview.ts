import { Command } from "commander";
import { HELP_GROUPS } from "./help-groups";
import { lateActions } from "./late-actions";
import { CONFIG_FILE_OPTION, examples, JSON_OPTION, STACK_OPTION } from "./options";
import type { PreviewCommandOptions } from "./run-preview";

export function previewCommand(): Command {
  return new Command("preview")
    .helpGroup(HELP_GROUPS.deploying)
    .description(
      "Compare this checkout's settings and program with what is live: what would merging it change? Changes nothing",
    )
    .requiredOption(...STACK_OPTION)
    .option(...CONFIG_FILE_OPTION)
    .option("--markdown <file>", "also write the report as Markdown, for a comment; even if the preview fails")
    .option(
      "--fail-on-replace",
      "exit with 3 if resources that carry traffic of a service that stays would be replaced or deleted",
      false,
    )
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        "npx aoshingo preview --stack prod",
        "npx aoshingo preview --stack prod --markdown preview.md --fail-on-replace",
      ),
    )
    .action((options: PreviewCommandOptions) => lateActions.runPreview().runPreview(options));
}
