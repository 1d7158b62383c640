import { credentialsProblem } from "./credentials-problem";

/** A step of a run failed; the message is a cause that a person can act on. Exit code 1. */
export class StepFailed extends Error {
  /** @param detail more lines, such as the end of a test's output */
  constructor(
    message: string,
    readonly detail: string = "",
  ) {
    super(message);
    this.name = "StepFailed";
  }
}

/** The reason of the abort signal when a person or CI ends the command. */
export class Stopped extends Error {
  /** @param by a signal's name, or who requested the stop from elsewhere */
  constructor(by: string) {
    super(`stopped by ${by}`);
    this.name = "Stopped";
  }
}

/** A run failed, and everything that could be taken back was taken back. Exit code 1. */
export class DeployFailed extends Error {
  constructor(
    readonly step: string,
    /** What the step failed with; anything but StepFailed and Stopped is unforeseen. */
    override readonly cause: Error,
    /** The state that production is in now, in one sentence. */
    readonly production: string,
    /** Whether something is left for `resume` or `abort`. */
    readonly outcome: "takenBack" | "left",
  ) {
    super(`${step} failed: ${credentialsProblem(cause) ?? cause.message}`);
    this.name = "DeployFailed";
  }
}

/** A run did not finish. The line that says where production is comes last, when everything else was said. */
export class RunEnded extends Error {
  constructor(
    override readonly cause: Error,
    /** Whether that line says what happened, too. */
    readonly saysWhy: boolean,
    readonly sayLast: () => void,
  ) {
    super(cause.message);
    this.name = "RunEnded";
  }
}
