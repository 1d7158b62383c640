import { Command } from "commander";
import { HELP_GROUPS } from "./help-groups";
import { lateActions } from "./late-actions";
import { examples } from "./options";
import type { InitOptions } from "./run-init";

export function initCommand(): Command {
  return new Command("init")
    .helpGroup(HELP_GROUPS.project)
    .description("Begin a project in this folder: settings, program, workflows and a first service. Overwrites nothing")
    .option("--name <name>", "name of the project (default: the folder's)")
    .option("--domain <domain>", "domain with a public hosted zone in Route 53, such as example.jp")
    .option("--region <region>", "AWS region (default: AWS_REGION, or us-east-1)")
    .option("--service <name>", "name of the first service (default: hello)")
    .option("-y, --yes", "ask nothing: take the defaults", false)
    .addHelpText(
      "after",
      examples("npx aoshingo init", "npx aoshingo init --yes --domain example.jp --region eu-west-1"),
    )
    .action((options: InitOptions) => lateActions.runInit().runInit(options));
}
