import type { Live } from "../../components/live/live";
import type { StackOutputs } from "../../components/live/outputs";
import type { ChangedResource } from "../preview/change";

/** The stack as the deploy uses it: read its outputs, bring it to a live state. */
export interface DeployStack {
  readonly name: string;
  /** Null while the stack had no successful `up`. */
  outputs(): Promise<StackOutputs | null>;
  /**
   * Takes away what a crash of the CLI or of this script left behind: the lock of an owner that is provably dead, half-done operations, and resources
   * that were created without the state knowing them. Waits for an update of somebody alive to end. The stack's outputs stay as they are.
   * @returns one line for people for each thing that was done; empty when the stack was clean
   * @throws StepFailed if the lock is not given back in time (who, where, since, what to do), or with the engine's own words
   */
  recover(options: UpOptions): Promise<string[]>;
  /**
   * A lock that it meets is dealt with like in `recover`, and each thing that was done for it is told by `onProgress`. When the provider goes away in the
   * middle it is made again, a few times.
   * @param live null leaves what is live as it is
   * @throws StepFailed with the engine's own words; the signal's reason when it is aborted
   */
  up(live: Live | null, options: UpOptions): Promise<UpResult>;
}

export interface UpOptions {
  /** Shown in the stack's history. */
  message: string;
  /** On abort the engine lets running operations come to their end and starts no more: instances may take minutes to boot. */
  signal: AbortSignal;
  /**
   * Milliseconds after the abort at which the engine is left alone, and the operation rejects with the signal's reason: it goes on by itself to its safe
   * end, even when this process is gone, and then gives its lock back. Until then an `up` of anybody waits for it. Default: never.
   */
  abandonAfterMs?: number;
  /** What is going on now, one line, whenever it changes. */
  onProgress(line: string): void;
}

export interface UpResult {
  outputs: StackOutputs;
  seconds: number;
  /** The part of `seconds` in which the provider waited for instances to boot, drain or end, and for records to be in sync. */
  waitedSeconds: number;
  /** Count by the engine's operation: create, update, delete, replace, same. */
  changes: Record<string, number>;
  /** What was changed. */
  resources: ChangedResource[];
}
