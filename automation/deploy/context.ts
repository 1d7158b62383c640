import type { Live } from "../../components/live/live";
import type { StackOutputs } from "../../components/live/outputs";
import { releaseKey } from "../../components/live/release";
import type { Settings } from "../../components/settings/settings";
import type { Clock } from "../core/clock";
import type { ImageRequest } from "../core/desired-releases";
import { type Checkpoint, withReleases } from "../ports/checkpoint";
import type { DeployEvent } from "../ports/events";
import type { HttpClient } from "../ports/http-client";
import type { OpeningCommand } from "../ports/journal";
import type { MigrationObserver } from "../ports/migration-observer";
import type { Observer } from "../ports/observer";
import type { ProbeClient } from "../ports/probe-client";
import type { TaskRunner } from "../ports/run-task";
import type { ScheduledEnds } from "../ports/scheduled-ends";
import type { SecretReader } from "../ports/secret-reader";
import type { DeployStack } from "../ports/stack";
import type { StepName } from "../ports/step-names";
import type { Decisions, Freezes, Lease, Migrations } from "../ports/store";
import type { TaskDrain } from "../ports/task-drain";
import type { TrafficSwitch } from "../ports/traffic-switch";

/** The ports and options that a command gives to a run. */
export interface RunTools {
  settings: Settings;
  stack: DeployStack;
  observer: Observer;
  httpClient: HttpClient;
  probeClient: ProbeClient;
  taskRunner: TaskRunner;
  migrationObserver: MigrationObserver;
  trafficSwitch: TrafficSwitch;
  scheduledEnds: ScheduledEnds;
  secretReader: SecretReader;
  taskDrain: TaskDrain;
  clock: Clock;
  /** Aborted when the run is to stop at its next safe point. */
  signal: AbortSignal;
  /** Aborted when the run is to stop at once, without a rollback. */
  halt: AbortSignal;
  /** True if a stopped run leaves the idle colour as it is, for `resume`. */
  keep: boolean;
  /** True if alarms that fire at the start do not refuse the deploy. */
  despiteAlarms: boolean;
  /** True if production that is unhealthy at the start does not refuse the deploy: the deploy brings the cure. */
  despiteUnhealthy: boolean;
  /** True if a freeze does not refuse the run. */
  despiteFreeze: boolean;
  /** The command line asks for approval, whatever the settings say. Default: as the settings say. */
  approve?: "before-cutover" | undefined;
  /** The command line says how long old colours are kept warm, whatever the settings say: such as `30m`, or `0`. */
  keepWarm?: string | undefined;
  /**
   * Asks the person at the terminal for yes or no; absent where there is none.
   * @returns null if the terminal was closed
   */
  ask?: ((question: string, signal: AbortSignal) => Promise<boolean | null>) | undefined;
  /** When the credentials end, in Unix milliseconds; null if they do not, or are renewed. */
  credentialsEndMs: number | null;
  /** The project's folder, in which test commands run. */
  projectDirectory: string;
  emit(event: DeployEvent): void;
  /** Called once with the lease: each change of the stack asks it again whether it is still held. */
  onLease(lease: Lease): void;
}

/** What a step works with. */
export interface StepContext extends RunTools {
  migrations: Migrations;
  decisions: Decisions;
  freezes: Freezes;
  /** Fencing number of the lease that the run holds. */
  fencing: number;
  /** @throws LeaseLostError when another command has taken over */
  assertHeld(): Promise<void>;
  /** Called with what a step has changed for good, such as after each `up` that came to its end, whatever becomes of the step. */
  onReached(state: RunState): void;
}

/** The state of a run: its checkpoint and what live state and the stack say. Each step returns the next one. */
export interface RunState extends Checkpoint {
  /** Id of the run. */
  deploy: string;
  command: OpeningCommand;
  requests: ImageRequest[];
  /** Live state when the run began: a rollback leads to its active releases. */
  before: Live;
  outputs: StackOutputs;
  live: Live;
  /** Name of the step whose `up` was begun and whose end is not known; null if there is none. */
  unsettled: StepName | null;
}

/** True for a run that goes to a release that was in production before: on the way nothing is migrated, tested, ramped or analysed. */
export function isRollback({ command, direction }: Pick<RunState, "command" | "direction">): boolean {
  return command === "rollback" || direction === "back";
}

/** Returns a function that emits a progress line about this step. */
export function progressReporter(context: StepContext, step: StepName): (message: string) => void {
  return (message) => context.emit({ type: "progress", atMs: context.clock.now(), step, message });
}

/** The state with a step done for the services' desired releases: the plan does not have it for them again. */
export function withDone(state: RunState, step: string, services: readonly string[]): RunState {
  const releases = services.map((name) => releaseKey(state.desired[name]!));
  return { ...state, progress: withReleases(state.progress, step, releases) };
}

/** The state with a step not done for the services' desired releases: the plan has it for them again. */
export function withoutDone(state: RunState, step: string, services: readonly string[]): RunState {
  const releases = services.map((name) => releaseKey(state.desired[name]!));
  const done = (state.progress.done[step] ?? []).filter((release) => !releases.includes(release));
  return { ...state, progress: { ...state.progress, done: { ...state.progress.done, [step]: done } } };
}
