import { LocalWorkspace, type PulumiCommand, type PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { inlineProjectSettings } from "../core/project";
import { detachedCli } from "./recovery/detached-cli";
import "./quiet-pulumi-sdk";

export interface AutomationStackOptions {
  name: string;
  /** Has the stack's settings file. */
  directory: string;
  program: PulumiFn;
  pulumi: PulumiCommand;
  /** On top of this process's own, for the CLI alone. */
  environment: Record<string, string>;
  /** Makes the stack instead of expecting it. */
  create: boolean;
}

/**
 * A stack of the Automation API whose program runs inline, in an engine that may outlive this process.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function openAutomationStack(options: AutomationStackOptions): Promise<Stack> {
  const { name, directory, program, pulumi, environment, create } = options;
  const workspace = await LocalWorkspace.create({
    workDir: directory,
    projectSettings: inlineProjectSettings(),
    program,
    pulumiCommand: detachedCli(pulumi),
    envVars: environment,
  });
  if (create) return withoutEpilogue(await Stack.create(name, workspace));
  // Each command names its stack: selecting it before would be a run of the CLI more. Whoever reads its outputs learns whether it exists.
  workspace.selectStack = async () => {};
  return withoutEpilogue(await Stack.select(name, workspace));
}

/** After an `up` the SDK runs three more commands of the CLI, for outputs, secret outputs and history: the engine's events have told what is needed here. */
function withoutEpilogue(stack: Stack): Stack {
  return Object.assign(stack, { outputs: async () => ({}), info: async () => undefined });
}
