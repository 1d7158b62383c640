import "../../automation/core/silent-aws-sdk";
import "../../automation/core/light-pulumi-sdk";
import { ensurePulumiCli } from "../../automation/pulumi-cli/ensure-pulumi-cli";

/**
 * The process of deploy-command.ts: loads what a deploy needs, then waits for its arguments and becomes
 * `aoshingo deploy <arguments>`.
 */
require("../../automation/commands/run-deploy");
require("../../automation/stack/automation-stack");
require("../../components/program/whole-program");
// The parent begins nothing that is measured before it has this message.
process.send?.("loaded", () => {});
ensurePulumiCli().catch(() => {}); // The deploy looks for the CLI again, and reports what is wrong.
// Once the parent has gone, no arguments will ever arrive.
process.once("disconnect", () => process.exit());
process.once("message", ({ args, keys }: { args: string[]; keys: Record<string, string> }) => {
  Object.assign(process.env, keys);
  process.removeAllListeners("disconnect");
  process.disconnect();
  process.argv.push("deploy", ...args);
  require("../../automation/cli");
});
