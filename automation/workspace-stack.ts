import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  LocalWorkspace,
  type ProjectSettings,
  type PulumiCommand,
  type PulumiFn,
  Stack,
  StackNotFoundError,
} from "@pulumi/pulumi/automation";
import { parse, parseDocument } from "yaml";
import type { Live } from "../components/live";
import type { StackOutputs } from "../components/outputs";
import { UserError } from "../components/user-error";
import { StepFailed } from "./deploy-failed";
import { PROJECT_DIRECTORY } from "./project-directory";
import "./quiet-pulumi-sdk";
import { pulumiJson, stackFault } from "./pulumi-command";
import type { DeployStack, UpOptions, UpResult } from "./stack";
import { UpProgress } from "./up-progress";

/** How many of the engine's error lines are shown: the first ones are the cause. */
const ERRORS_SHOWN = 3;

export interface OpenOptions {
  /** Makes the stack instead of expecting it. */
  create?: boolean;
  /** On top of this process's own environment, for the CLI alone. */
  environment?: Record<string, string>;
}

/**
 * A stack in a temporary workspace of its own: the program runs inline and the live state goes into a copy of the stack's settings file,
 * so that the checkout is never touched.
 */
export class WorkspaceStack implements DeployStack {
  private constructor(
    readonly name: string,
    private readonly directory: string,
    private readonly stack: Stack,
    private readonly pulumi: PulumiCommand,
    private readonly environment: Record<string, string>,
  ) {}

  /**
   * @param settingsFile what `Pulumi.<stack>.yaml` is in the project
   * @throws UserError if the stack does not exist
   */
  static async open(
    name: string,
    settingsFile: string,
    program: PulumiFn,
    pulumi: PulumiCommand,
    { create = false, environment = {} }: OpenOptions = {},
  ): Promise<WorkspaceStack> {
    const directory = await mkdtemp(join(tmpdir(), "aoshingo-"));
    try {
      await copyFile(settingsFile, join(directory, `Pulumi.${name}.yaml`));
      const { main: _, ...projectSettings } = parse(
        await readFile(join(PROJECT_DIRECTORY, "Pulumi.yaml"), "utf8"),
      ) as ProjectSettings;
      const workspace = await LocalWorkspace.create({
        workDir: directory,
        projectSettings,
        program,
        pulumiCommand: pulumi,
        envVars: environment,
      });
      const stack = await (create ? Stack.create(name, workspace) : Stack.select(name, workspace));
      return new WorkspaceStack(name, directory, withoutEpilogue(stack), pulumi, environment);
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      if (error instanceof StackNotFoundError) throw new UserError(stackFault(name, String(error)));
      throw error;
    }
  }

  async close(): Promise<void> {
    await rm(this.directory, { recursive: true, force: true });
  }

  async outputs(): Promise<StackOutputs | null> {
    const outputs = await this.#json<Partial<StackOutputs>>(["stack", "output", "--json"]);
    return outputs.live === undefined ? null : (outputs as StackOutputs);
  }

  async pendingOperations(): Promise<string[]> {
    const exported = await this.#json<{
      deployment?: { pending_operations?: { type: string; resource: { urn: string } }[] };
    }>(["stack", "export"]);
    return (exported.deployment?.pending_operations ?? []).map(({ type, resource }) => `${type} ${resource.urn}`);
  }

  async up(live: Live | null, options: UpOptions): Promise<UpResult> {
    if (live) await this.#writeLive(live);
    const startedMs = Date.now();
    const progress = new UpProgress(options.onProgress);
    // The SDK takes a stack trace for every promise; without them an `up` in which little changes takes a third less time.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    try {
      options.signal.throwIfAborted();
      await this.stack.up({
        message: options.message,
        color: "never",
        suppressProgress: true,
        showSecrets: false,
        signal: options.signal,
        onEvent: (event) => progress.take(event),
      });
      return {
        // The engine's last word on the stack has them already; asking the CLI again costs a quarter of a second.
        outputs: (progress.outputs ?? (await this.outputs())) as StackOutputs,
        seconds: (Date.now() - startedMs) / 1000,
        waitedSeconds: progress.waitedSeconds,
        changes: progress.changes,
      };
    } catch (error) {
      options.signal.throwIfAborted();
      throw new StepFailed(causeOf(progress.errors, error));
    } finally {
      Error.stackTraceLimit = stackTraceLimit;
    }
  }

  async #writeLive(live: Live): Promise<void> {
    const file = join(this.directory, `Pulumi.${this.name}.yaml`);
    const document = parseDocument(await readFile(file, "utf8"));
    document.setIn(["config", "aoshingo:live"], live);
    await writeFile(file, document.toString());
  }

  #json<Result>(args: string[]): Promise<Result> {
    return pulumiJson<Result>(this.pulumi, this.name, this.directory, args, this.environment);
  }
}

/** After an `up` the SDK runs three more commands of the CLI, for outputs, secret outputs and history: the engine's events have told what is needed here. */
function withoutEpilogue(stack: Stack): Stack {
  return Object.assign(stack, { outputs: async () => ({}), info: async () => undefined });
}

/** The engine repeats a resource's error for the stack as a whole; the resource's own lines are enough. */
function causeOf(errors: string[], error: unknown): string {
  const causes = [...new Set(errors.filter((line) => !/update failed$/.test(line)))];
  if (causes.length > 0) return causes.slice(0, ERRORS_SHOWN).join("; ");
  const { message } = error as Error;
  return /stderr: ([\s\S]*)/.exec(message)?.[1]?.trim().split("\n")[0] ?? message;
}
