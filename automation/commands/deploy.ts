import { Command, Option } from "commander";
import type { DeployOptions } from "./run-deploy";
import { withRunOptions } from "./run-options";

export function deployCommand(): Command {
  return withRunOptions(
    new Command("deploy")
      .description(
        "Bring new releases to production: warm, migrate, verify, test, cut over, confirm, watch, drain, retire",
      )
      .argument("<service=image...>", "image of the service's own registry, by tag or digest"),
  )
    .option("--reason <text>", "why, for the history")
    .option("--keep", "when stopped, leave the idle colour as it is, for `resume`", false)
    .option("--despite-alarms <reason>", "deploy although an alarm fires already")
    .option("--despite-unhealthy <reason>", "deploy the cure of a production that is not healthy")
    .addOption(
      new Option("--approve <when>", "wait for `approve` (default: as the settings say)").choices(["before-cutover"]),
    )
    .addHelpText(
      "after",
      "\nExamples:\n  npm run deploy -- --stack prod users=v2\n  npm run deploy -- --stack prod users=v2 doodle=v7 --wait 15m",
    )
    .action(run);
}

/** The program, the Automation API and the AWS SDK take a second to load: only for who deploys. */
function run(args: string[], options: DeployOptions): Promise<void> {
  const { runDeploy } = require("./run-deploy") as typeof import("./run-deploy");
  return runDeploy(args, options);
}
