import { ensurePulumiCli } from "../../../../automation/pulumi-cli/ensure-pulumi-cli";
import { WorkspaceStack } from "../../../../automation/stack/workspace-stack";
import type { Live } from "../../../../components/live/live";

import program = require("../../../../index");

import { STACK } from "../../../../rehearsal/cloud/settings-source";

/**
 * The script that a test kills: one `up` to the live state of its last argument, with the settings file of the one
 * before.
 */
async function main([settingsFile, live]: string[]): Promise<void> {
  const stack = await WorkspaceStack.open(STACK, settingsFile!, program, () => ensurePulumiCli());
  await stack.up(JSON.parse(live!) as Live, {
    message: "to be killed",
    signal: new AbortController().signal,
    onProgress: () => {},
  });
  await stack.close();
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exit(1);
});
