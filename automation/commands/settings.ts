import { Command } from "commander";
import { HELP_GROUPS } from "./help-groups";
import { lateActions } from "./late-actions";
import { CONFIG_FILE_OPTION, examples, JSON_OPTION, STACK_OPTION } from "./options";
import type { ExplainOptions, SettingsOptions } from "./run-settings";

export function settingsCommand(): Command {
  return new Command("settings")
    .helpGroup(HELP_GROUPS.settings)
    .description(
      "Show the settings that count in a stack, and where each comes from: a line of its file, a default, or another setting",
    )
    .argument("[setting]", "only these, such as deploy, services.users or the service's name alone")
    .requiredOption(...STACK_OPTION)
    .option("--only-set", "only what the file sets, without defaults", false)
    .option(...CONFIG_FILE_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        "npx aoshingo settings --stack prod",
        "npx aoshingo settings --stack prod users",
        "npx aoshingo settings --stack prod --only-set --json",
      ),
    )
    .action((setting: string | undefined, options: SettingsOptions) =>
      lateActions.runSettings().runSettings(setting, options),
    );
}

export function explainCommand(): Command {
  return new Command("explain")
    .helpGroup(HELP_GROUPS.settings)
    .summary("Say what a setting does, what it may be, and its default")
    .description("Explain a setting: what it does, what it may be, its default, an example; of a block, what is in it")
    .argument("[setting]", "its path, or the end of it (default: list what there is at the top)")
    .option("--stack <name>", "also show its value in this stack, and where that comes from")
    .option(...CONFIG_FILE_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples(
        "npx aoshingo explain services.users.size",
        "npx aoshingo explain --stack prod bakeSeconds",
        "npx aoshingo explain databases",
      ),
    )
    .action((setting: string | undefined, options: ExplainOptions) =>
      lateActions.runSettings().runExplain(setting, options),
    );
}
