import type { Live } from "../components/live";
import type { StackOutputs } from "../components/outputs";
import type { Settings } from "../components/settings";
import type { Clock } from "./clock";
import type { DeployEvent, StepName } from "./events";
import type { Answers } from "./observe/answers";
import type { Observer } from "./observe/observer";
import type { OneOffTasks } from "./one-off/one-off-tasks";
import type { Progress } from "./plan";
import type { DeployStack } from "./stack";
import type { Migrations } from "./store/deploy-store";
import type { ImageRequest, Wish } from "./wish";

/** What a deploy works with. */
export interface DeployTools {
  settings: Settings;
  stack: DeployStack;
  observer: Observer;
  answers: Answers;
  oneOffTasks: OneOffTasks;
  clock: Clock;
  signal: AbortSignal;
  /** Folder that test commands run in: the project's. */
  projectDirectory: string;
  emit(event: DeployEvent): void;
}

/** What every step may use. */
export interface StepContext extends DeployTools {
  migrations: Migrations;
}

/** Where things stand; each step returns the next one. */
export interface Situation {
  requests: ImageRequest[];
  wish: Wish;
  outputs: StackOutputs;
  live: Live;
  progress: Progress;
  /** By service, the instances of the active colour when this deploy began: with scaling they are not those of live state. */
  running: Readonly<Record<string, number>>;
}

interface StepResult {
  situation: Situation;
  /** One line: what was seen. */
  detail: string;
}

/** One step, on the services that the plan names. */
export type StepAction = (context: StepContext, situation: Situation, services: string[]) => Promise<StepResult>;

/** A line about the step that runs. */
export function progressReporter(context: StepContext, step: StepName): (message: string) => void {
  return (message) => context.emit({ type: "progress", atMs: context.clock.now(), step, message });
}
