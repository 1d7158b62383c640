import type { Live } from "../../components/live/live";
import type { StackOutputs } from "../../components/live/outputs";

/** The Pulumi stack as a run uses it: it reads outputs and brings the stack to a live state. */
export interface DeployStack {
  readonly name: string;
  /** The stack's outputs; null before its first successful `up`. */
  outputs(): Promise<StackOutputs | null>;
  /** Whether an update that may be alive has the stack's lock. False where only an operation of the CLI can tell: Pulumi Cloud. */
  isBusy(): Promise<boolean>;
  /**
   * Recovers the stack from a crash of the CLI or of this script: removes the lock of an owner that is provably dead,
   * half-done operations, and resources that were created without the state knowing them. It waits for the end of an
   * update whose owner is alive. The stack's outputs stay as they are.
   * @throws StepFailed if the lock is not given back in time (who, where, since, what to do), or with the engine's own
   * words
   */
  recover(options: UpOptions): Promise<Recovered>;
  /**
   * Runs one `up`. A lock is handled as in `recover`, and `onProgress` reports each thing that was done for it. When
   * the provider goes away in the middle, the `up` is repeated a few times; while AWS does not answer, for some
   * minutes. After an `up` that failed, what it changed is read again first.
   * @param live null leaves what is live as it is
   * @throws StepFailed with the engine's own words; the signal's reason when it is aborted
   */
  up(live: Live | null, options: UpOptions): Promise<UpResult>;
}

export interface Recovered {
  /** One line for people for each thing that was recovered; empty when the stack was clean. */
  done: string[];
  /** The stack's outputs after that; null before its first successful `up`. */
  outputs: StackOutputs | null;
}

export interface UpOptions {
  /** Shown in the stack's history. */
  message: string;
  /**
   * On abort the engine lets running operations come to their end and starts no more. Instances may take minutes to
   * boot.
   */
  signal: AbortSignal;
  /**
   * Milliseconds after the abort at which the operation rejects with the signal's reason and leaves the engine alone.
   * The engine goes on to its safe end, even when this process is gone, and then gives its lock back. Until then every
   * other `up` waits for it. Default: never.
   */
  abandonAfterMs?: number;
  /**
   * Services of the `up` before, if it failed or its end is not known. If another process ran it, what a deploy updates
   * of these services is read again first. Their idle colours get the size that is asked for, whatever the stack's output
   * says that they have. Default: none.
   */
  unsettled?: readonly string[];
  /**
   * When the run that this one goes on with, whose process is gone, began an `up` whose end it did not record; null if there is none. Unix
   * milliseconds. A lock of that moment is its engine's. Default: none.
   */
  lostUp?: () => Promise<number | null>;
  /** Called with one line on the present progress, whenever it changes. */
  onProgress(line: string): void;
}

export interface UpResult {
  outputs: StackOutputs;
  seconds: number;
  /**
   * The part of `seconds` in which the provider waited for instances to boot, drain or end, and for records to be in
   * sync.
   */
  waitedSeconds: number;
  /** Count by the engine's operation: create, update, delete, replace, same. */
  changes: Record<string, number>;
  /** The resources of AWS that were changed. */
  resources: ChangedResource[];
}

/** What is done to a resource. */
export type Operation = "create" | "update" | "replace" | "delete";

/** A resource of AWS that is changed. */
export interface ChangedResource {
  operation: Operation;
  urn: string;
}
