import type { Colour } from "../../components/core/colour-name";
import type { Live } from "../../components/live/live";
import type { AnalysedTraffic } from "../observe/analysis/analysed-traffic";
import type { ChangedResource } from "../preview/change";
import type { Outcome } from "./journal";
import type { StepName } from "./step-names";

/** What a person asked for. */
export type RunCommand = "deploy" | "resume" | "abort" | "rollback";

export interface PlannedStep {
  step: StepName;
  title: string;
  services: string[];
  /** Of a ramp: percent of production's requests. */
  share?: number;
  /** From this stack's own history, else a floor from the settings. */
  expectedSeconds: number;
}

/**
 * Version of the events' names, on `deployStarted` in `--json`. Version 1 had no `version`; it called `rollbackStarted` "turned", `routed` "led" and
 * `analysed` "judged".
 */
export const EVENTS_VERSION = 2;

/** What a deploy tells while it runs: printed for people, or one JSON object a line with `--json`. Times are Unix milliseconds. */
export type DeployEvent =
  | {
      type: "deployStarted";
      atMs: number;
      deploy: string;
      command: RunCommand;
      stack: string;
      /** What was asked for: image or release by service. */
      releases: Record<string, string>;
    }
  /** Something to know: who holds the lease that is waited for, say. */
  | { type: "notice"; atMs: number; message: string }
  /** Something did not work that the run does not depend on. */
  | { type: "warning"; atMs: number; message: string }
  /** What will be done, before it is done. */
  | { type: "planned"; atMs: number; steps: PlannedStep[] }
  /** From here on the run goes back to what was active before. */
  | { type: "rollbackStarted"; atMs: number; reason: string }
  | {
      type: "stepStarted";
      atMs: number;
      step: StepName;
      title: string;
      /** Of a ramp: percent of production's requests. */
      share?: number;
    }
  /** A line for people about the step that runs; it replaces the one before it on a terminal. */
  | { type: "progress"; atMs: number; step: StepName; message: string }
  | {
      type: "stepEnded";
      atMs: number;
      step: StepName;
      ok: boolean /** One line: what was seen, or what failed and why. */;
      detail: string;
    }
  /** Production's rules lead where these services go back to, ahead of the `up` that writes it into the stack. */
  | { type: "routed"; atMs: number; services: string[] }
  /** One `up` of the stack. */
  | {
      type: "up";
      atMs: number;
      step: StepName;
      serial: number;
      seconds: number;
      /** The part of `seconds` in which the provider waited for instances to boot, drain or end, and for records to be in sync. */
      waitedSeconds: number;
      changes: Record<string, number>;
      resources: ChangedResource[];
    }
  /** What runs and what is active: when the run begins, and after each `up`. */
  | { type: "live"; atMs: number; live: Live }
  /** What a new release in production was judged by, each time that there is more of it. */
  | { type: "analysed"; atMs: number; step: StepName; services: AnalysedTraffic[] }
  /** Waiting that was asked for and is not the controller's own work: drain, tests, approval, migrations, tasks that have to be steady or to end. */
  | { type: "waited"; atMs: number; step: StepName; seconds: number }
  | {
      type: "deployEnded";
      atMs: number;
      ok: boolean;
      totalSeconds: number /** Step that failed, else null. */;
      failedStep: StepName | null;
      reason: string;
      outcome: Outcome;
      active: Record<string, Colour>;
    };
