import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EngineEvent, LocalWorkspace, type PulumiCommand, type PulumiFn, Stack } from "@pulumi/pulumi/automation";
import type { Live } from "../../components/live/live";
import type { StackOutputs } from "../../components/live/outputs";
import { readOutputs } from "../../components/live/stack-state";
import { StepFailed } from "../core/errors";
import { inlineProjectSettings } from "../core/project";
import { causeOf } from "../stack/cause-of";
import { STACK_TYPE } from "../stack/exported-state";
import { writeLiveSetting } from "../stack/live-setting";
import "../stack/quiet-pulumi-sdk";
import { pulumiJson } from "../stack/pulumi-command";
import { UpProgress } from "../stack/up-progress";
import { withoutStackTraces } from "../stack/without-stack-traces";
import { type Change, changesOf } from "./change";
import { predictedState, type StateResource, withStackOutputs } from "./predicted-state";
import { PreviewEvents, type Previewed } from "./preview-events";
import { hasUnknown } from "./wire";

/** A value that was not known may make another one so: no chain in this program is longer than two. */
const MAX_SETTLING = 4;

export interface CopyOptions {
  /** What `Pulumi.<stack>.yaml` is in the project. */
  settingsFile: string;
  /** On top of this process's own environment, for the CLI alone. */
  environment?: Record<string, string>;
}

export interface PreviewOptions {
  signal: AbortSignal;
  /** What is going on now, one line, whenever it changes. */
  onProgress(line: string): void;
}

interface Deployment {
  resources?: StateResource[];
  pending_operations?: unknown[];
}

interface Parts {
  directory: string;
  stack: Stack;
  /** As it is in the project. */
  settingsFile: string;
  /** That the engine reads. */
  copiedSettings: string;
  stateFile: string;
  project: string;
  version: number;
  deployment: Deployment;
}

/**
 * The state of a stack as it is now, in a backend of its own in a temporary folder: what is previewed there, and what is supposed to have happened there,
 * cannot touch the stack. Of the stack's own backend nothing is needed but to read the state.
 */
export class StackCopy {
  private constructor(
    readonly name: string,
    private readonly parts: Parts,
  ) {}

  /** @throws UserError if the stack does not exist */
  static async of(
    name: string,
    program: PulumiFn,
    pulumi: PulumiCommand,
    { settingsFile, environment = {} }: CopyOptions,
  ): Promise<StackCopy> {
    const { version = 3, deployment = {} } = await pulumiJson<{ version?: number; deployment?: Deployment }>(
      pulumi,
      name,
      ["stack", "export"],
      environment,
    );
    const directory = await mkdtemp(join(tmpdir(), "aoshingo-preview-"));
    try {
      const projectSettings = inlineProjectSettings();
      const copiedSettings = join(directory, `Pulumi.${name}.yaml`);
      const stacks = join(directory, ".pulumi", "stacks", projectSettings.name);
      const stateFile = join(stacks, `${name}.json`);
      await mkdir(stacks, { recursive: true });
      await Promise.all([
        copyFile(settingsFile, copiedSettings),
        // Stacks are kept by project (pkg/backend/diy/meta.go).
        writeFile(join(directory, ".pulumi", "meta.yaml"), "version: 1\n"),
      ]);
      const parts = {
        ...{ directory, settingsFile, copiedSettings, stateFile },
        ...{ project: projectSettings.name, version, deployment },
      };
      await writeState(name, parts);
      const workspace = await LocalWorkspace.create({
        workDir: directory,
        projectSettings,
        program,
        pulumiCommand: pulumi,
        envVars: {
          ...passphraseOf({ ...process.env, ...environment }),
          ...environment,
          PULUMI_BACKEND_URL: `file://${directory}`,
        },
      });
      return new StackCopy(name, { ...parts, stack: await Stack.select(name, workspace) });
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  async close(): Promise<void> {
    await rm(this.parts.directory, { recursive: true, force: true });
  }

  get resources(): readonly StateResource[] {
    return this.parts.deployment.resources ?? [];
  }

  /** Null while the stack had no successful `up`. */
  get outputs(): StackOutputs | null {
    return readOutputs(this.#writtenOutputs);
  }

  get #writtenOutputs(): Record<string, unknown> {
    return this.resources.find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
  }

  /**
   * What an `up` to a live state would change.
   * @param live null leaves what is live as it is
   * @throws StepFailed with the engine's own words
   */
  async preview(live: Live | null, options: PreviewOptions): Promise<Change[]> {
    return changesOf((await this.#preview(live, options)).steps, this.resources);
  }

  /** The same; and from here on the copy is as that `up` would leave the stack. */
  async up(live: Live, options: PreviewOptions): Promise<Change[]> {
    const first = await this.#preview(live, options);
    const changes = changesOf(first.steps, this.resources);
    let last = first;
    let resources = predictedState(this.resources, last.steps);
    // The stack's own outputs, by which the program tells what was live before, come last.
    for (let round = 0; round < MAX_SETTLING && last.steps.some((step) => hasUnknown(step.new)); round++) {
      await this.#write(resources);
      last = await this.#preview(live, options);
      resources = predictedState(this.resources, last.steps);
    }
    await this.#write(withStackOutputs(resources, { ...last.outputs, live }));
    return changes;
  }

  /** Lets the stack's outputs say something else of what is live than the state does. */
  async pretend(live: Live): Promise<void> {
    await this.#write(withStackOutputs(this.resources, { ...this.#writtenOutputs, live }));
  }

  async #write(resources: StateResource[]): Promise<void> {
    this.parts.deployment = { ...this.parts.deployment, resources };
    await writeState(this.name, this.parts);
  }

  async #preview(live: Live | null, { signal, onProgress }: PreviewOptions): Promise<Previewed> {
    signal.throwIfAborted();
    const { settingsFile, copiedSettings } = this.parts;
    await copyFile(settingsFile, copiedSettings);
    if (live) await writeLiveSetting(copiedSettings, live);
    const progress = new UpProgress(onProgress);
    const events = new PreviewEvents();
    const onEvent = (event: EngineEvent) => {
      progress.take(event);
      events.take(event);
    };
    try {
      await withoutStackTraces(() =>
        this.parts.stack.preview({ color: "never", suppressProgress: true, signal, onEvent }),
      );
    } catch (error) {
      signal.throwIfAborted();
      throw new StepFailed(causeOf(progress.errors, error as Error));
    }
    return events;
  }
}

/** In the form of self-managed backends (sdk/go/common/apitype/core.go, VersionedCheckpoint). */
async function writeState(
  name: string,
  { stateFile, project, version, deployment }: Pick<Parts, "stateFile" | "project" | "version" | "deployment">,
): Promise<void> {
  // What a crash left half done is the deploy's to clear; a preview would only warn of it.
  const { pending_operations: _, ...latest } = deployment;
  const checkpoint = { stack: `organization/${project}/${name}`, latest };
  await writeFile(stateFile, JSON.stringify({ version, checkpoint }));
}

/** A self-managed backend asks for one where the stack's own keeps its secrets elsewhere; it guards nothing here. */
function passphraseOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  const { PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = environment;
  return PULUMI_CONFIG_PASSPHRASE === undefined && !PULUMI_CONFIG_PASSPHRASE_FILE
    ? { PULUMI_CONFIG_PASSPHRASE: "" }
    : {};
}
