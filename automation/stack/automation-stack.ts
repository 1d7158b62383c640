import { CommandError, LocalWorkspace, type PulumiCommand, type PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { inlineProjectSettings } from "../core/project";
import { ignoreLateRejections } from "./late-rejections";
import { cliFailure } from "./pulumi-command";
import { detachedCli } from "./recovery/detached-cli";
import "./silent-pulumi-sdk";
import "./run-memory";
import "./failed-runs";

export interface AutomationStackOptions {
  name: string;
  /** Folder with the stack's settings file. */
  directory: string;
  program: PulumiFn;
  pulumi: PulumiCommand;
  /** Variables on top of this process's own, for the CLI alone. */
  environment: Record<string, string>;
  /** Creates the stack instead of expecting it. */
  create: boolean;
  /** URL of the key for a new stack's secrets; undefined for a passphrase. The CLI does not read it from the settings. */
  secretsProvider: string | undefined;
}

/**
 * Opens a stack of the Automation API whose program runs inline, in an engine that may outlive this process.
 * @public loaded by require, which the search for unused exports does not see
 */
export async function openAutomationStack(options: AutomationStackOptions): Promise<Stack> {
  const { name, directory, program, pulumi, environment, create, secretsProvider } = options;
  ignoreLateRejections();
  const workspace = await LocalWorkspace.create({
    workDir: directory,
    projectSettings: inlineProjectSettings(),
    program,
    pulumiCommand: detachedCli(pulumi),
    envVars: environment,
    ...(secretsProvider === undefined ? {} : { secretsProvider }),
  });
  if (create) return withoutEpilogue(await Stack.create(name, workspace));
  // Each command names its stack, so selecting it first would be one more run of the CLI. Reading the outputs shows
  // whether the stack exists.
  workspace.selectStack = async () => {};
  return withoutEpilogue(await Stack.select(name, workspace));
}

/**
 * Selects a stack of a workspace.
 * @throws UserError if the stack does not exist, or (exit code 1) with the reason of the CLI in one line
 */
export async function selectStack(name: string, workspace: LocalWorkspace): Promise<Stack> {
  try {
    return await Stack.select(name, workspace);
  } catch (error) {
    if (error instanceof CommandError) throw cliFailure(name, String(error));
    throw error;
  }
}

/**
 * Drops the three further commands of the CLI that the SDK runs after an `up`, for outputs, secret outputs and history:
 * the engine's events have reported what is needed here.
 */
function withoutEpilogue(stack: Stack): Stack {
  return Object.assign(stack, { outputs: async () => ({}), info: async () => undefined });
}
