import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { PulumiCommand, PulumiFn, Stack } from "@pulumi/pulumi/automation";
import { UserError } from "../../components/core/user-error";
import type { Live } from "../../components/live/live";
import type { StackOutputs } from "../../components/live/outputs";
import { readOutputs } from "../../components/live/stack-state";
import { systemClock } from "../core/clock";
import { StepFailed } from "../core/errors";
import type { DeployStack, Recovered, UpOptions, UpResult } from "../ports/stack";
import { type FindId, recoverableByAdopting } from "./adopt";
import { AwsUnanswered, ProviderLost } from "./engine-errors";
import { nameOf, outputsIn, type PendingOperation } from "./exported-state";
import { changesInPlace, releasing } from "./in-place";
import { type EngineRun, MoreThanUpdates } from "./in-place-ups";
import { writeLiveSetting } from "./live-setting";
import { mergeUpResults } from "./merge-up-results";
import { type OpenOptions, openWorkspace, type Workspace } from "./open-workspace";
import { runOperation } from "./operation";
import { pulumiJson } from "./pulumi-command";
import { StackLocked } from "./recovery/lock";
import { type Recoverable, recover } from "./recovery/recover";
import { ownerHasEnded } from "./recovery/started-engines";
import { UpProgress } from "./up-progress";

/**
 * A provider that goes away once may do so again; one that always does is broken. The engine itself waits ten seconds
 * for a provider to start (plugin.go).
 */
const UP_ATTEMPTS = 3;
/** As long as an outage of AWS's API may last before the run gives up. Production does not need the API. */
const UNANSWERED_LIMIT_MS = 5 * 60_000;
const UNANSWERED_INTERVAL_MS = 1_000;

/**
 * A stack in a temporary workspace of its own. The program runs inline, and the live state goes into a copy of the
 * stack's settings file, so that the checkout is never touched.
 */
export class WorkspaceStack implements DeployStack {
  #opened: Promise<Stack> | undefined;
  /** True once this process has run an `up`: then it knows of it what the state does not say. */
  #hasRun = false;
  /** The operations of `up`s that failed; empty once what they changed was read again. */
  #failed: PendingOperation[] = [];

  private constructor(
    readonly name: string,
    private readonly parts: Workspace,
  ) {}

  /**
   * Opens a stack; `close` removes its workspace.
   * @param settingsFile path of the stack's settings, which is `Pulumi.<stack>.yaml` in the project
   * @param pulumi called when the CLI is first needed, and then again
   */
  static async open(
    name: string,
    settingsFile: string,
    program: PulumiFn,
    pulumi: () => Promise<PulumiCommand>,
    options: OpenOptions = {},
  ): Promise<WorkspaceStack> {
    const workspace = await openWorkspace(name, settingsFile, program, pulumi, options);
    const stack = new WorkspaceStack(name, workspace);
    try {
      if (options.create) await stack.#stack();
      return stack;
    } catch (error) {
      await stack.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await rm(this.parts.directory, { recursive: true, force: true });
  }

  async outputs(): Promise<StackOutputs | null> {
    const inState = await this.parts.outputsInState();
    return readOutputs(inState ?? (await this.#json<Record<string, unknown>>(["stack", "output", "--json"])));
  }

  async isBusy(): Promise<boolean> {
    const locks = await this.parts.recoverable.readLocks();
    return !!locks && !locks.every(ownerHasEnded);
  }

  async recover(options: UpOptions): Promise<Recovered> {
    const { done, outputs } = await recover(this.#recoverable(options), options);
    // Where nothing was done, the state that was read is still the stack's: asking the CLI again costs 0.25 s.
    return { done, outputs: done.length === 0 ? readOutputs(outputs) : await this.outputs() };
  }

  async up(live: Live | null, options: UpOptions): Promise<UpResult> {
    const deadlineMs = systemClock.now() + UNANSWERED_LIMIT_MS;
    let settled: UpResult | null = null;
    for (let attempt = 1; ; ) {
      try {
        await this.#readAgain(options);
        if (live) settled ??= await this.#settle(live, options);
        const result = await this.#upTo(live, options);
        return settled ? mergeUpResults(settled, result) : result;
      } catch (thrown) {
        // A signal to the whole process group ends the CLI, too.
        options.signal.throwIfAborted();
        if (thrown instanceof MoreThanUpdates) {
          options.onProgress(`${thrown.message}: once more`);
          continue;
        }
        const error = stepError(thrown);
        const mayWait = error instanceof AwsUnanswered && systemClock.now() < deadlineMs;
        if (!mayWait && !(error instanceof ProviderLost && attempt++ < UP_ATTEMPTS)) throw error;
        options.onProgress(`${error.message}: once more`);
        await systemClock.sleep(UNANSWERED_INTERVAL_MS, options.signal);
      }
    }
  }

  /**
   * Brings the stack to its settings, with what is live as it is. Not where an `up` before has left something else than the
   * state says: this would take it back.
   */
  async #settle(live: Live, options: UpOptions): Promise<UpResult | null> {
    const { settlesFrom } = this.parts;
    if (this.#hasRun || options.unsettled?.length || Object.keys(live.services).length < settlesFrom) return null;
    const exported = await this.parts.recoverable.exportState();
    const before = readOutputs(outputsIn(exported))?.live;
    const resources = (exported.deployment?.resources ?? []).map(({ type, urn }) => `${type}::${nameOf(urn)}`);
    if (!before || releasing(before, live).length < settlesFrom || !changesInPlace(before, live, resources))
      return null;
    options.onProgress("bringing the stack to its settings before the releases");
    return this.#upTo(before, options);
  }

  async #upTo(live: Live | null, options: UpOptions): Promise<UpResult> {
    const copiedSettings = join(this.parts.directory, `Pulumi.${this.name}.yaml`);
    if (live) await writeLiveSetting(copiedSettings, live, options.unsettled);
    return this.#upUnlocked(live, options);
  }

  /** Reads again what the `up` before may have changed without the state saying so. */
  async #readAgain(options: UpOptions): Promise<void> {
    const { inPlaceUps } = this.parts;
    const unsettled = [...new Set([...inPlaceUps.unread, ...((!this.#hasRun && options.unsettled) || [])])];
    if (this.#failed.length + unsettled.length === 0) return;
    const { done } = await recover(this.#recoverable(options), options, { failed: this.#failed, unsettled });
    this.#failed = [];
    inPlaceUps.haveRead();
    for (const line of done) options.onProgress(line);
  }

  /**
   * Recovers the stack from a crash, then deletes all its resources. A lock is handled as in `recover`. What an
   * interrupted create may have made is not left to a next `up`: the state takes it in, and it is deleted with the rest.
   */
  async destroy(options: UpOptions, findId: FindId): Promise<void> {
    const adopting = recoverableByAdopting(this.#recoverable(options), findId, () => this.#stack());
    for (const line of (await recover(adopting, options)).done) options.onProgress(line);
    const stack = await this.#stack();
    await runOperation(this.parts.guard, new UpProgress(options.onProgress), options, (common) =>
      stack.destroy({ ...common, message: options.message, showSecrets: false }),
    );
  }

  /** Removes the stack, which has no resources any more, with its history. */
  async remove(): Promise<void> {
    const stack = await this.#stack();
    await stack.workspace.removeStack(this.name);
  }

  async #upUnlocked(live: Live | null, options: UpOptions): Promise<UpResult> {
    const up = () => this.parts.inPlaceUps.up(live, (how) => this.#up(how, options));
    try {
      return await up();
    } catch (error) {
      if (!(error instanceof StackLocked)) throw error;
      const { done } = await recover(this.#recoverable(options), options, { metLock: true });
      for (const line of done) options.onProgress(line);
    }
    try {
      return await up();
    } catch (error) {
      throw error instanceof StackLocked ? new StepFailed(error.message) : error;
    }
  }

  async #up({ environment, exclude, signal }: EngineRun, options: UpOptions): Promise<UpResult> {
    const startedMs = performance.now();
    const progress = new UpProgress(options.onProgress);
    const stack = await this.#stack();
    const { workspace } = stack;
    const { envVars } = workspace;
    this.#hasRun = true;
    workspace.envVars = { ...envVars, ...environment };
    try {
      await runOperation(this.parts.guard, progress, options, (common) =>
        stack.up({
          ...common,
          message: options.message,
          showSecrets: false,
          exclude,
          signal: AbortSignal.any([options.signal, signal]),
        }),
      );
    } finally {
      workspace.envVars = envVars;
      this.#failed.push(...progress.failed);
    }
    return {
      // The engine's last event about the stack has them; asking the CLI again costs a quarter of a second.
      outputs: ((progress.outputs && readOutputs(progress.outputs)) ?? (await this.outputs())) as StackOutputs,
      seconds: (performance.now() - startedMs) / 1000,
      waitedSeconds: progress.waitedSeconds,
      changes: progress.changes,
      resources: progress.resources,
    };
  }

  #recoverable(options: UpOptions): Recoverable {
    const { guard, recoverable } = this.parts;
    return {
      ...recoverable,
      name: this.name,
      clock: systemClock,
      cancel: async () => (await this.#stack()).cancel(),
      refresh: (target, clearPendingCreates, refreshOptions) =>
        runOperation(guard, new UpProgress(options.onProgress), refreshOptions, async (common) =>
          (await this.#stack()).refresh({
            ...common,
            message: "read again what an earlier update left",
            target: [...target],
            clearPendingCreates,
          }),
        ),
      mayChange: () => guard.pass(),
    };
  }

  async #json<Result>(args: string[]): Promise<Result> {
    const { pulumi, environment } = this.parts;
    return pulumiJson<Result>(await pulumi(), this.name, args, environment);
  }

  /** Makes the state readable before each operation, because only a state that can be read can be changed. */
  async #stack(): Promise<Stack> {
    await this.parts.makeReadable();
    this.#opened ??= this.parts.openStack();
    return this.#opened;
  }
}

/** Returns what an `up` fails with when a command of the CLI has failed before it. */
function stepError(thrown: unknown): unknown {
  return thrown instanceof UserError ? (AwsUnanswered.from(thrown.message) ?? thrown) : thrown;
}
