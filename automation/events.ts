import type { Colour } from "../components/colour-name";

export const STEP_NAMES = [
  "preflight",
  "warm",
  "migrate",
  "verify",
  "test",
  "cutover",
  "confirm",
  "drain",
  "retire",
  /** Only after a failure before the cutover: the idle colour goes back to 0. */
  "coolDown",
] as const;
export type StepName = (typeof STEP_NAMES)[number];

/** What a deploy tells while it runs: printed for people, or one JSON object a line with `--json`. Times are Unix milliseconds. */
export type DeployEvent =
  | { type: "deployStarted"; atMs: number; deploy: string; stack: string; releases: Record<string, string> }
  | { type: "stepStarted"; atMs: number; step: StepName; title: string }
  /** A line for people about the step that runs; it replaces the one before it on a terminal. */
  | { type: "progress"; atMs: number; step: StepName; message: string }
  | {
      type: "stepEnded";
      atMs: number;
      step: StepName;
      ok: boolean /** One line: what was seen, or what failed and why. */;
      detail: string;
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
    }
  /** Waiting that was asked for and is not the controller's own work: drain, tests, migrations, tasks that have to be steady or to end. */
  | { type: "waited"; atMs: number; step: StepName; seconds: number }
  | {
      type: "deployEnded";
      atMs: number;
      ok: boolean;
      totalSeconds: number /** Step that failed, else null. */;
      failedStep: StepName | null;
      reason: string;
      active: Record<string, Colour>;
    };
