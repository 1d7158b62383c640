import "../../automation/core/quiet-aws-sdk";
import { ensurePulumiCli } from "../../automation/pulumi-cli/ensure-pulumi-cli";

/** Loads what a deploy needs, then waits for its arguments and becomes `npm run deploy -- <arguments>`. */
require("../../automation/commands/run-deploy");
require("../../automation/stack/automation-stack");
require("../../index");
ensurePulumiCli().catch(() => {}); // The deploy asks again, and tells.
// Without a parent nobody will ever send them.
process.once("disconnect", () => process.exit());
process.once("message", (args: string[]) => {
  process.removeAllListeners("disconnect");
  process.disconnect();
  process.argv.push("deploy", ...args);
  require("../../automation/cli");
});
