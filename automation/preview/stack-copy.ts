import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EngineEvent, LocalWorkspace, type PulumiCommand, type PulumiFn, Stack } from "@pulumi/pulumi/automation";
import type { Live } from "../../components/live/live";
import type { StackOutputs } from "../../components/live/outputs";
import { readOutputs } from "../../components/live/stack-state";
import { StepFailed } from "../core/errors";
import { inlineProjectSettings } from "../core/project";
import { causeOf } from "../stack/engine-errors";
import { exportState } from "../stack/export-state";
import { withoutLog } from "../stack/home-without-log";
import { ignoreLateRejections } from "../stack/late-rejections";
import { writeLiveSetting } from "../stack/live-setting";
import "../stack/silent-pulumi-sdk";
import { backendUrlOf } from "../stack/recovery/backend-url";
import "../stack/run-memory";
import { STACK_TYPE, UNKNOWN } from "../../components/core/pulumi-wire";
import { UpProgress } from "../stack/up-progress";
import { type Change, changesOf } from "./change";
import { predictedState, type StateResource, withStackOutputs } from "./predicted-state";
import { PreviewEvents, type Previewed } from "./preview-events";
import { KNOWN_AFTER } from "./property-changes";
import { hasUnknown } from "./wire";

/** Limit of previews until no value is unknown. Values depend on others; the longest chain in this program is two. */
const MAX_ROUNDS = 4;

export interface CopyOptions {
  /** Path of the stack's settings, such as `Pulumi.<stack>.yaml`. */
  settingsFile: string;
  /** Variables for the CLI, in addition to this process's environment. */
  environment?: Record<string, string>;
}

export interface PreviewOptions {
  signal: AbortSignal;
  /** Called with one line whenever the progress changes. */
  onProgress(line: string): void;
}

interface Deployment {
  resources?: StateResource[];
  pending_operations?: unknown[];
}

interface Parts {
  directory: string;
  stack: Stack;
  /** The stack's settings in the project. */
  settingsFile: string;
  /** The copy that the engine reads. */
  copiedSettings: string;
  stateFile: string;
  project: string;
  version: number;
  deployment: Deployment;
}

/**
 * A copy of a stack's state, in a backend of its own in a temporary folder. Previews and pretended `up`s of the copy
 * cannot change the stack. It needs only read access to the stack's backend.
 */
export class StackCopy {
  #previewed: Record<string, unknown> | null = null;

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
    const projectSettings = inlineProjectSettings();
    const place = {
      backendUrl: backendUrlOf(projectSettings, { ...process.env, ...environment }),
      ...{ project: projectSettings.name, stack: name },
    };
    const exported: Partial<Pick<Parts, "version" | "deployment">> = await exportState(
      place,
      async () => pulumi,
      environment,
    );
    const { version = 3, deployment = {} } = exported;
    const directory = await mkdtemp(join(tmpdir(), "aoshingo-preview-"));
    try {
      const copiedSettings = join(directory, `Pulumi.${name}.yaml`);
      const stacks = join(directory, ".pulumi", "stacks", projectSettings.name);
      const stateFile = join(stacks, `${name}.json`);
      await mkdir(stacks, { recursive: true });
      await Promise.all([
        copyFile(settingsFile, copiedSettings),
        // Version 1 of a backend keeps stacks by project (pkg/backend/diy/meta.go).
        writeFile(join(directory, ".pulumi", "meta.yaml"), "version: 1\n"),
      ]);
      const parts = {
        ...{ directory, settingsFile, copiedSettings, stateFile },
        ...{ project: projectSettings.name, version, deployment },
      };
      await writeState(name, parts);
      ignoreLateRejections();
      const workspace = await LocalWorkspace.create({
        workDir: directory,
        projectSettings,
        program,
        pulumiCommand: pulumi,
        envVars: {
          ...passphraseOf({ ...process.env, ...environment }),
          ...environment,
          ...withoutLog(directory, { ...process.env, ...environment }),
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

  /** What the last preview would leave as outputs, with words for values that are not known before. Null before one. */
  get previewedOutputs(): StackOutputs | null {
    const { state } = this.#previewed ?? {};
    return typeof state === "string"
      ? readOutputs({ ...this.#previewed, state: state.replaceAll(UNKNOWN, KNOWN_AFTER) })
      : null;
  }

  get #writtenOutputs(): Record<string, unknown> {
    return this.resources.find(({ type }) => type === STACK_TYPE)?.outputs ?? {};
  }

  /**
   * Returns the changes that an `up` to a live state would make.
   * @param live null keeps the stack's live state
   * @throws StepFailed with the engine's message
   */
  async preview(live: Live | null, options: PreviewOptions): Promise<Change[]> {
    return changesOf((await this.#preview(live, options)).steps, this.resources);
  }

  /** Does the same as `preview`, and then changes the copy to what the `up` would leave. */
  async up(live: Live, options: PreviewOptions): Promise<Change[]> {
    const first = await this.#preview(live, options);
    const changes = changesOf(first.steps, this.resources);
    let last = first;
    let resources = predictedState(this.resources, last.steps);
    // The stack's outputs change last: the program reads from them what was live before.
    for (let round = 0; round < MAX_ROUNDS && last.steps.some((step) => hasUnknown(step.new)); round++) {
      await this.#write(resources);
      last = await this.#preview(live, options);
      resources = predictedState(this.resources, last.steps);
    }
    await this.#write(withStackOutputs(resources, { ...last.outputs, live }));
    return changes;
  }

  /** Replaces the live state in the copy's outputs, and leaves the resources as they are. */
  async setLive(live: Live): Promise<void> {
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
      await this.parts.stack.preview({ color: "never", suppressProgress: true, signal, onEvent });
    } catch (error) {
      signal.throwIfAborted();
      throw new StepFailed(causeOf(progress.errors, error as Error));
    }
    this.#previewed = events.outputs;
    return events;
  }
}

/** Writes the state in the format of self-managed backends (sdk/go/common/apitype/core.go, VersionedCheckpoint). */
async function writeState(
  name: string,
  { stateFile, project, version, deployment }: Pick<Parts, "stateFile" | "project" | "version" | "deployment">,
): Promise<void> {
  // The next deploy clears what a crash left half done. A preview would only warn about it.
  const { pending_operations: _, ...latest } = deployment;
  const checkpoint = { stack: `organization/${project}/${name}`, latest };
  await writeFile(stateFile, JSON.stringify({ version, checkpoint }));
}

/**
 * Returns an empty passphrase if none is set. A self-managed backend needs one even if the stack's backend encrypts
 * secrets in another way; in the copy it protects nothing.
 */
function passphraseOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  const { PULUMI_CONFIG_PASSPHRASE, PULUMI_CONFIG_PASSPHRASE_FILE } = environment;
  return PULUMI_CONFIG_PASSPHRASE === undefined && !PULUMI_CONFIG_PASSPHRASE_FILE
    ? { PULUMI_CONFIG_PASSPHRASE: "" }
    : {};
}
