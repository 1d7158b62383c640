import type { Live } from "../../components/live/live";
import type { StackOutputs } from "../../components/live/outputs";
import type { Settings } from "../../components/settings/settings";
import type { Clock } from "../core/clock";
import type { ImageRequest } from "../core/desired-releases";
import type { Checkpoint } from "../ports/checkpoint";
import type { DeployEvent } from "../ports/events";
import type { Observer } from "../ports/observer";
import type { HttpClient } from "../ports/responses";
import type { TaskRunner } from "../ports/run-task";
import type { DeployStack } from "../ports/stack";
import type { StepName } from "../ports/step-names";
import type { Decisions, Lease, Migrations } from "../ports/store";
import type { TrafficSwitch } from "../ports/traffic-switch";

/** What a run works with. */
export interface RunTools {
  settings: Settings;
  stack: DeployStack;
  observer: Observer;
  httpClient: HttpClient;
  taskRunner: TaskRunner;
  trafficSwitch: TrafficSwitch;
  clock: Clock;
  /** Aborted when the run shall stop at the next safe point. */
  signal: AbortSignal;
  /** Aborted when nothing more may be done, not even what takes things back. */
  halt: AbortSignal;
  /** A stopped run leaves the idle colour as it is, for `resume`. */
  keep: boolean;
  /** Alarms that fire at the start do not refuse the deploy. */
  despiteAlarms: boolean;
  /** Nor does production that is not healthy at the start: the deploy brings the cure. */
  despiteUnhealthy: boolean;
  /** Of the command line: the deploy is to be approved, whatever the settings say. Default: as they say. */
  approve?: "before-cutover" | undefined;
  /**
   * Asks the person at the terminal for yes or no; absent where there is none.
   * @returns null if the terminal was closed
   */
  ask?: ((question: string, signal: AbortSignal) => Promise<boolean | null>) | undefined;
  /** Folder that test commands run in: the project's. */
  projectDirectory: string;
  emit(event: DeployEvent): void;
  /** Told of the lease once it is held: what changes the stack asks it again each time. */
  onLease(lease: Lease): void;
}

/** What every step may use. */
export interface StepContext extends RunTools {
  migrations: Migrations;
  decisions: Decisions;
  /** Number of the lease that the run is under. */
  fencing: number;
  /** Told where things stand after each `up` that came to its end, whatever becomes of the step. */
  onUp(state: RunState): void;
}

/** The state of a run: its checkpoint and what live state and the stack say. Each step returns the next one. */
export interface RunState extends Checkpoint {
  /** Id of the run. */
  deploy: string;
  command: "deploy" | "rollback";
  requests: ImageRequest[];
  /** Live state when the run began: a rollback leads to its active releases. */
  before: Live;
  outputs: StackOutputs;
  live: Live;
  /** Step whose `up` was begun and whose end is not known. */
  unsettled: StepName | null;
}

/** True for a run that goes to a release that was in production before: on the way nothing is migrated, tested, ramped or analysed. */
export function isRollback({ command, direction }: Pick<RunState, "command" | "direction">): boolean {
  return command === "rollback" || direction === "back";
}

/** A line about the step that runs. */
export function progressReporter(context: StepContext, step: StepName): (message: string) => void {
  return (message) => context.emit({ type: "progress", atMs: context.clock.now(), step, message });
}
