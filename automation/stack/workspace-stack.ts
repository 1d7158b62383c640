import { copyFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PulumiCommand, PulumiFn, Stack, UpOptions as UpOpts } from "@pulumi/pulumi/automation";
import { parse } from "yaml";
import type { Live } from "../../components/live/live";
import type { StackOutputs } from "../../components/live/outputs";
import { readOutputs } from "../../components/live/stack-state";
import { systemClock } from "../core/clock";
import { StepFailed } from "../core/errors";
import { projectSettings } from "../core/project";
import type { DeployStack, UpOptions, UpResult } from "../ports/stack";
import type { AutomationStackOptions } from "./automation-stack";
import { causeOf } from "./cause-of";
import type { ExportedState } from "./exported-state";
import { writeLiveSetting } from "./live-setting";
import { ProviderLost } from "./provider-lost";
import { pulumiJson } from "./pulumi-command";
import { abandonAfter } from "./recovery/abandon-after";
import { AwsOrphans } from "./recovery/aws-orphans";
import { backendUrlOf } from "./recovery/backend-url";
import { LeaseGuard } from "./recovery/lease-guard";
import { StackLocked } from "./recovery/lock";
import { readLocks } from "./recovery/lock-files";
import { type Recoverable, recover } from "./recovery/recover";
import { removeTornAttributes } from "./recovery/torn-attributes";
import { UpProgress } from "./up-progress";
import { withoutStackTraces } from "./without-stack-traces";

/** A provider that goes away once may do so again, one that always does is broken. The engine itself waits ten seconds for one to come (plugin.go). */
const UP_ATTEMPTS = 3;

export interface OpenOptions {
  /** Makes the stack instead of expecting it. */
  create?: boolean;
  /** On top of this process's own environment, for the CLI alone. */
  environment?: Record<string, string>;
  /**
   * Awaited before each run of the program and before `recover` changes anything. What it throws stops the operation and comes out of it as it is: who
   * has lost the right to change the stack changes nothing.
   */
  beforeProgram?: () => Promise<void>;
}

interface Parts {
  directory: string;
  /** Called once. */
  openStack(): Promise<Stack>;
  pulumi: PulumiCommand;
  environment: Record<string, string>;
  fence: LeaseGuard;
  recoverable: Pick<Recoverable, "orphans" | "readLocks">;
  makeReadable(): Promise<unknown>;
}

/**
 * A stack in a temporary workspace of its own: the program runs inline and the live state goes into a copy of the stack's settings file,
 * so that the checkout is never touched.
 */
export class WorkspaceStack implements DeployStack {
  #opened: Promise<Stack> | undefined;

  private constructor(
    readonly name: string,
    private readonly parts: Parts,
  ) {}

  /**
   * @param settingsFile what `Pulumi.<stack>.yaml` is in the project
   */
  static async open(
    name: string,
    settingsFile: string,
    program: PulumiFn,
    pulumi: PulumiCommand,
    { create = false, environment = {}, beforeProgram = async () => {} }: OpenOptions = {},
  ): Promise<WorkspaceStack> {
    const directory = await mkdtemp(join(tmpdir(), "aoshingo-"));
    try {
      await copyFile(settingsFile, join(directory, `Pulumi.${name}.yaml`));
      const fence = new LeaseGuard(beforeProgram);
      const fenced = async () => {
        await fence.pass();
        return program();
      };
      const project = projectSettings();
      const backendUrl = backendUrlOf(project, { ...process.env, ...environment });
      const stack = new WorkspaceStack(name, {
        directory,
        openStack: () => openLater({ name, directory, program: fenced, pulumi, environment, create }),
        pulumi,
        environment,
        fence,
        recoverable: {
          orphans: new AwsOrphans(await regionIn(settingsFile), environment),
          readLocks: () => readLocks(backendUrl, project.name, name),
        },
        makeReadable: () => removeTornAttributes(backendUrl, project.name, name),
      });
      if (create) await stack.#stack();
      return stack;
    } catch (error) {
      await rm(directory, { recursive: true, force: true });
      throw error;
    }
  }

  async close(): Promise<void> {
    await rm(this.parts.directory, { recursive: true, force: true });
  }

  async outputs(): Promise<StackOutputs | null> {
    return readOutputs(await this.#json<Record<string, unknown>>(["stack", "output", "--json"]));
  }

  recover(options: UpOptions): Promise<string[]> {
    return this.#recover(options, false);
  }

  async up(live: Live | null, options: UpOptions): Promise<UpResult> {
    if (live) await writeLiveSetting(join(this.parts.directory, `Pulumi.${this.name}.yaml`), live);
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.#upUnlocked(options);
      } catch (error) {
        if (!(error instanceof ProviderLost) || attempt === UP_ATTEMPTS) throw error;
        options.onProgress(`${error.message}: once more`);
      }
    }
  }

  async #upUnlocked(options: UpOptions): Promise<UpResult> {
    try {
      return await this.#up(options);
    } catch (error) {
      if (!(error instanceof StackLocked)) throw error;
      for (const line of await this.#recover(options, true)) options.onProgress(line);
    }
    try {
      return await this.#up(options);
    } catch (error) {
      throw error instanceof StackLocked ? new StepFailed(error.message) : error;
    }
  }

  async #up(options: UpOptions): Promise<UpResult> {
    const startedMs = Date.now();
    const progress = new UpProgress(options.onProgress);
    const stack = await this.#stack();
    await withoutStackTraces(() =>
      this.#operate(progress, options, (common) =>
        stack.up({ ...common, message: options.message, showSecrets: false }),
      ),
    );
    return {
      // The engine's last word on the stack has them already; asking the CLI again costs a quarter of a second.
      outputs: ((progress.outputs && readOutputs(progress.outputs)) ?? (await this.outputs())) as StackOutputs,
      seconds: (Date.now() - startedMs) / 1000,
      waitedSeconds: progress.waitedSeconds,
      changes: progress.changes,
      resources: progress.resources,
    };
  }

  #recover(options: UpOptions, metLock: boolean): Promise<string[]> {
    const { fence, recoverable } = this.parts;
    const tools: Recoverable = {
      ...recoverable,
      name: this.name,
      clock: systemClock,
      cancel: async () => (await this.#stack()).cancel(),
      exportState: () => this.#exported(),
      refresh: (target, clearPendingCreates, refreshOptions) =>
        this.#operate(new UpProgress(options.onProgress), refreshOptions, async (common) =>
          (await this.#stack()).refresh({
            ...common,
            message: "read again what a crash left half done",
            target: [...target],
            clearPendingCreates,
          }),
        ),
      mayChange: () => fence.pass(),
    };
    return recover(tools, options, metLock);
  }

  /** One operation of the engine. @throws StackLocked, StepFailed, the signal's reason, or what `beforeProgram` threw */
  async #operate(
    progress: UpProgress,
    options: UpOptions,
    run: (common: Pick<UpOpts, "color" | "suppressProgress" | "signal" | "onEvent">) => Promise<unknown>,
  ): Promise<void> {
    const { signal } = options;
    signal.throwIfAborted();
    try {
      const running = run({ color: "never", suppressProgress: true, signal, onEvent: (event) => progress.take(event) });
      await abandonAfter(running, options);
    } catch (error) {
      this.parts.fence.rethrow();
      signal.throwIfAborted();
      if (error instanceof StackLocked) throw error;
      throw ProviderLost.from(progress.errors) ?? new StepFailed(causeOf(progress.errors, error as Error));
    }
  }

  #exported(): Promise<ExportedState> {
    return this.#json<ExportedState>(["stack", "export"]);
  }

  #json<Result>(args: string[]): Promise<Result> {
    const { pulumi, environment } = this.parts;
    return pulumiJson<Result>(pulumi, this.name, args, environment);
  }

  /** Before each operation: only a state that can be read can be changed. */
  async #stack(): Promise<Stack> {
    await this.parts.makeReadable();
    this.#opened ??= this.parts.openStack();
    return this.#opened;
  }
}

/** Loading the Automation API takes a quarter of a second, and a rollback needs it only after it has led production back. */
function openLater(options: AutomationStackOptions): Promise<Stack> {
  const { openAutomationStack } = require("./automation-stack") as typeof import("./automation-stack");
  return openAutomationStack(options);
}

async function regionIn(settingsFile: string): Promise<string> {
  return (parse(await readFile(settingsFile, "utf8")) as { config: { "aws:region": string } }).config["aws:region"];
}
