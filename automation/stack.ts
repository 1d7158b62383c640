import type { Live } from "../components/live";
import type { StackOutputs } from "../components/outputs";

/** The stack as the deploy uses it: read its outputs, bring it to a live state. */
export interface DeployStack {
  readonly name: string;
  /** Null while the stack had no successful `up`. */
  outputs(): Promise<StackOutputs | null>;
  /** Operations that a crash left half done, one line each; empty when clean. */
  pendingOperations(): Promise<string[]>;
  /**
   * @param live null leaves what is live as it is
   * @throws StepFailed with the engine's own words
   */
  up(live: Live | null, options: UpOptions): Promise<UpResult>;
}

export interface UpOptions {
  /** Shown in the stack's history. */
  message: string;
  signal: AbortSignal;
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
}
