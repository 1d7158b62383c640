import { Command } from "commander";
import type { DeployOptions } from "./run-deploy";

export function deployCommand(): Command {
  return new Command("deploy")
    .description("Bring new releases to production: warm, migrate, verify, test, cut over, confirm, drain, retire")
    .argument("<service=image...>", "image of the service's own registry, by tag or digest")
    .requiredOption("--stack <name>", "Pulumi stack to deploy to")
    .option("--store <directory>", "where leases and journals are kept (default: your state folder)")
    .option("--config-file <path>", "settings of the stack (default: Pulumi.<stack>.yaml)")
    .option("--json", "print events, one JSON object a line", false)
    .addHelpText(
      "after",
      "\nExamples:\n  npm run deploy -- --stack prod users=v2\n  npm run deploy -- --stack prod users=v2 doodle=v7",
    )
    .action(run);
}

/** The program, the Automation API and the AWS SDK take a second to load: only for who deploys. */
function run(args: string[], options: DeployOptions): Promise<void> {
  const { runDeploy } = require("./run-deploy") as typeof import("./run-deploy");
  return runDeploy(args, options);
}
