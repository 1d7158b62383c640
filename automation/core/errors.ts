/** A step of a deploy did not succeed; the message is one cause that a person can act on. Exit code 1. */
export class StepFailed extends Error {
  /** @param detail further lines, such as the end of a test's output */
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
  /** @param by a signal's name, or who gave the order from elsewhere */
  constructor(by: string) {
    super(`stopped by ${by}`);
    this.name = "Stopped";
  }
}

/** A run failed, and what could be taken back was taken back. Exit code 1. */
export class DeployFailed extends Error {
  constructor(
    readonly step: string,
    /** What the step failed with; whatever is neither StepFailed nor Stopped was not foreseen. */
    override readonly cause: Error,
    /** What state production is in now, in one sentence. */
    readonly production: string,
    /** Whether something is left for `resume` or `abort`. */
    readonly outcome: "takenBack" | "left",
  ) {
    super(`${step} failed: ${cause.message}`);
    this.name = "DeployFailed";
  }
}
