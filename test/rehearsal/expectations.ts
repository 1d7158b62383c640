import { expect } from "chai";
import { PROJECT_DIRECTORY } from "../../automation/core/project-directory";
import type { DeployEvent } from "../../automation/ports/events";
import { STACK } from "../../rehearsal/cloud/settings-source";
import type { PulumiRun, RunningStack } from "./running-stack";

/** Deploys, and expects success. @returns what preflight said, such as what of a release has changed */
export async function expectDeployed(stack: RunningStack, ...args: string[]): Promise<string> {
  const { exitCode, errors, events } = await stack.deployAll(args);
  expect(exitCode, errors + JSON.stringify(events.at(-1))).to.equal(0);
  return events
    .flatMap((event: DeployEvent) => (event.type === "stepEnded" && event.step === "preflight" ? [event.detail] : []))
    .join();
}

/** Previews the stack as a person does. It fails if anything would change. */
export function previewUnchanged(stack: RunningStack): Promise<PulumiRun> {
  const args = ["preview", "--expect-no-changes", "--stack", STACK, "--config-file", stack.settingsFile];
  return stack.pulumi(PROJECT_DIRECTORY, args);
}
