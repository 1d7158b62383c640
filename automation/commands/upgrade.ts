import { Command } from "commander";
import { HELP_GROUPS } from "./help-groups";
import { lateActions } from "./late-actions";
import { examples } from "./options";
import type { UpgradeOptions } from "./run-upgrade";

export function upgradeCommand(): Command {
  return new Command("upgrade")
    .helpGroup(HELP_GROUPS.project)
    .description(
      "Go to another version of aoshingo: show what it changes in resources, settings and workflows, then install it. Changes nothing in AWS",
    )
    .option("--to <tarball>", "the path of the other version's package, such as aoshingo-0.2.0.tgz")
    .option("--stack <name...>", "stacks whose resources to compare (default: all that have settings)")
    .option("--dry-run", "only show what it changes", false)
    .option("-y, --yes", "do not ask", false)
    .addHelpText(
      "after",
      examples(
        "npx aoshingo upgrade --to aoshingo-0.2.0.tgz --dry-run",
        "npx aoshingo upgrade --to aoshingo-0.2.0.tgz --stack prod --yes",
      ),
    )
    .action((options: UpgradeOptions) => lateActions.runUpgrade().runUpgrade(options));
}
