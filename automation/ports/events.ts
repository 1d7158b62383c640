import type { Colour } from "../../components/core/colour-name";
import type { Live } from "../../components/live/live";
import type { OpeningCommand, Outcome } from "./journal";
import type { AnalysedTraffic } from "./observer";
import type { ChangedResource } from "./stack";
import type { StepName } from "./step-names";

/** The command that a person gave. */
export type RunCommand = OpeningCommand | "resume" | "abort";

export interface PlannedStep {
  step: StepName;
  title: string;
  services: string[];
  /** Percent of production's requests; only in a ramp. */
  share?: number;
  /** By this stack's own history, else the least that the settings and AWS allow. */
  expectedSeconds: number;
}

/**
 * Version of the events' names, on `deployStarted` in `--json`. Version 1 had no `version`; it called `rollbackStarted` "turned", `routed` "led" and
 * `analysed` "judged".
 */
export const EVENTS_VERSION = 2;

/** What a run reports: lines for people, or one JSON object a line with `--json`. Times are Unix milliseconds. */
export type DeployEvent =
  | {
      type: "deployStarted";
      atMs: number;
      deploy: string;
      command: RunCommand;
      /** The command that the run began with: `resume` and others go on with it. */
      opened: OpeningCommand;
      /** `back`: the run goes back to what was active before it. */
      direction: "forward" | "back";
      stack: string;
      /** Image or release that was asked for, by service; "" for the image that production runs. */
      releases: Record<string, string>;
      /** Services that had no release before the run: once one is active, there is none to go back to. Absent where there are none. */
      first?: string[];
    }
  /** Something a person should know, such as who holds the lease. */
  | { type: "notice"; atMs: number; message: string }
  /** Something failed that the run does not depend on, such as a notification. */
  | { type: "warning"; atMs: number; message: string }
  /** The steps that the run is going to perform. */
  | { type: "planned"; atMs: number; steps: PlannedStep[] }
  /** From here on the run goes back to what was active before it. */
  | { type: "rollbackStarted"; atMs: number; reason: string }
  | {
      type: "stepStarted";
      atMs: number;
      step: StepName;
      title: string;
      /** Percent of production's requests; only in a ramp. */
      share?: number;
    }
  /** A line for people about the step that runs. On a terminal it replaces the one before it. */
  | { type: "progress"; atMs: number; step: StepName; message: string }
  | {
      type: "stepEnded";
      atMs: number;
      step: StepName;
      ok: boolean /** One line: what was seen, or what failed and why. */;
      detail: string;
    }
  /** On a rollback: production's rules of these services were changed, ahead of the `up` that writes it into the stack. */
  | {
      type: "routed";
      atMs: number;
      services: string[];
      /** The colour that gets all requests of each of them. */
      to: Record<string, Colour>;
    }
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
  /** Live state, when the run begins and after each `up`. */
  | { type: "live"; atMs: number; live: Live }
  /** The metrics by which a new release in production is analysed, each time that there are more of them. */
  | { type: "analysed"; atMs: number; step: StepName; services: AnalysedTraffic[] }
  /** Waiting that was asked for and is not the run's own work: drain, tests, approval, migrations, tasks that have to be steady or to end. */
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
      /** Which releases and colours have production, as far as the run knows: `users v2 (green)`. Absent in events of older programs. */
      production?: string;
      /** Idle colours that are kept warm until a time, by service; absent where there are none. */
      warm?: Record<string, { colour: Colour; untilMs: number }>;
    };
