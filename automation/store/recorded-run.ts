import { UserError } from "../../components/core/user-error";
import type { Live } from "../../components/live/live";
import type { Checkpoint } from "../ports/checkpoint";
import type { JournalEntry, Outcome } from "../ports/journal";
import type { StepName } from "../ports/step-names";
import type { DeployStore, LeaseRecord } from "../ports/store";

type Opened = Extract<JournalEntry, { kind: "opened" }>;

export interface RunningStep {
  step: StepName;
  services: string[];
  /** Unix milliseconds. */
  sinceMs: number;
}

/** A run as its journal describes it. */
export interface RecordedRun {
  opened: Opened;
  /** From the last entry that has one. */
  checkpoint: Checkpoint;
  /** The releases that the run was to make active, from its last checkpoint that leads forward. */
  forward: Checkpoint["desired"];
  /** The last step that was started with an `up`, for which services, when (Unix milliseconds), and whether it was recorded that the step ended well. */
  lastUp: { step: StepName; services: readonly string[]; intended: Live; sinceMs: number; hasEnded: boolean } | null;
  /** The step that is running, or whose end was never recorded; `runningStep` tells which. */
  lastStarted: (RunningStep & { fencing: number }) | null;
  /** When a migration was begun whose end was never recorded, or that failed. Null if there is none. */
  migratingSinceMs: number | null;
  /** Whether the run was to take scheduled actions away that end colours which are kept warm. */
  hasHeld: boolean;
  /** Whether it is not recorded that the last step which was to do so ended well. */
  isHolding: boolean;
  /** Null for a run that was not closed: it is still running somewhere, or its process died. */
  outcome: Outcome | null;
}

/**
 * Reads what a journal says about its run.
 * @throws UserError if the first entry is not `opened`, as of a journal without any
 */
export function readRun(deploy: string, entries: readonly JournalEntry[]): RecordedRun {
  const [opened] = entries;
  if (opened?.kind !== "opened")
    throw new UserError(
      `the journal of ${deploy} has no whole entry: nothing was begun, and it counts as if it were not there`,
      { exitCode: 1 },
    );
  const run: RecordedRun = {
    opened,
    checkpoint: opened.checkpoint,
    forward: opened.checkpoint.desired,
    lastUp: null,
    lastStarted: null,
    migratingSinceMs: null,
    hasHeld: false,
    isHolding: false,
    outcome: null,
  };
  for (const entry of entries) {
    if (entry.kind === "rollbackStarted" || (entry.kind === "stepEnded" && entry.ok)) run.checkpoint = entry.checkpoint;
    if (run.checkpoint.direction === "forward") run.forward = run.checkpoint.desired;
    if (entry.kind === "stepStarted" && entry.intended) {
      const { step, services, intended, atMs } = entry;
      run.lastUp = { step, services, intended, sinceMs: atMs, hasEnded: false };
    }
    if (entry.kind === "stepEnded" && entry.ok && entry.step === run.lastUp?.step) run.lastUp.hasEnded = true;
    if (entry.kind === "stepStarted" && entry.step === "holdWarm") run.hasHeld = run.isHolding = true;
    if (entry.kind === "stepEnded" && entry.step === "holdWarm" && entry.ok) run.isHolding = false;
    if (entry.kind === "stepStarted") {
      const { step, services, atMs, fencing } = entry;
      run.lastStarted = { step, services, sinceMs: atMs, fencing };
    } else run.lastStarted = null;
    if (entry.kind === "stepStarted" && entry.step === "migrate") run.migratingSinceMs ??= entry.atMs;
    if (entry.kind === "stepEnded" && entry.step === "migrate" && entry.ok) run.migratingSinceMs = null;
    if (entry.kind === "resumed") run.outcome = null;
    if (entry.kind === "closed") run.outcome = entry.outcome;
  }
  return run;
}

/** Returns the step that runs under this lease; null between steps, and for one that was left when the process of an older lease died. */
export function runningStep({ lastStarted }: RecordedRun, lease: LeaseRecord | null): RunningStep | null {
  if (!lastStarted) return null;
  const { fencing, ...step } = lastStarted;
  return fencing === lease?.fencing ? step : null;
}

/** Whether something of the run is left to do or to take back. */
export function isUnfinished({ outcome }: RecordedRun): boolean {
  return outcome === null || outcome === "left";
}

export interface NamedRun {
  /** The run's id. */
  deploy: string;
  run: RecordedRun;
}

/** Returns the newest run of the stack, or null if there was none. */
export async function lastRun(store: DeployStore): Promise<NamedRun | null> {
  for await (const last of runsOf(store)) return last;
  return null;
}

/**
 * Yields the runs of the stack, newest first, as far as the caller asks. A journal without any entry is left out: nothing was begun.
 * @param last a run that the caller has read already
 */
export async function* runsOf(store: DeployStore, last: NamedRun | null = null): AsyncGenerator<NamedRun> {
  for (const deploy of (await store.deploys()).reverse()) {
    if (deploy === last?.deploy) {
      yield last;
      continue;
    }
    const entries = await store.journal(deploy);
    if (entries.length > 0) yield { deploy, run: readRun(deploy, entries) };
  }
}
