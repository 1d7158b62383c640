import type { StepName } from "./events";

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

/** The deploy failed and what could be taken back was taken back. Exit code 1. */
export class DeployFailed extends Error {
  constructor(
    readonly step: StepName,
    readonly reason: string,
    /** What state production is in now, in one sentence. */
    readonly production: string,
  ) {
    super(`${step} failed: ${reason}`);
    this.name = "DeployFailed";
  }
}
