import { Command, Option } from "commander";
import { KINDS } from "../../components/settings/schema/kinds";
import { HELP_GROUPS } from "./help-groups";
import { lateActions } from "./late-actions";
import { examples } from "./options";
import type { AddOptions, RemoveOptions } from "./run-add";

export function addCommand(): Command {
  return new Command("add")
    .helpGroup(HELP_GROUPS.services)
    .description("Add a service: a block in the settings of the stacks, and a folder with a small service that works")
    .argument("<name>", "name of the service, such as doodle")
    .addOption(
      new Option(
        "--kind <kind>",
        "an api answers HTTP requests, a worker takes messages from a queue, a job runs by a schedule",
      )
        .choices(KINDS)
        .default("api"),
    )
    .option("--stack <name...>", "stacks whose settings get the block (default: all)")
    .option("--dry-run", "print what would be written, and write nothing", false)
    .addHelpText("after", examples("npx aoshingo add doodle"))
    .action((service: string, options: AddOptions) => lateActions.runAdd().runAdd(service, options));
}

export function removeCommand(): Command {
  return new Command("remove")
    .helpGroup(HELP_GROUPS.services)
    .description("Remove a service's block from the settings of the stacks; its folder stays")
    .argument("<service>", "name of the service, such as doodle")
    .option("--stack <name...>", "stacks whose settings lose the block (default: all stacks that have it)")
    .option("--dry-run", "print what would be written, and write nothing", false)
    .addHelpText("after", examples("npx aoshingo remove doodle"))
    .action((service: string, options: RemoveOptions) => lateActions.runAdd().runRemove(service, options));
}
