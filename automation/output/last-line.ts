import { UserError } from "../../components/core/user-error";
import { RunEnded } from "../core/errors";
import type { DeployEvent } from "../ports/events";
import { LeaseHeldError } from "../ports/store";

/** Said last by a command that failed before its run had begun, or gone on. */
const NOTHING_DONE =
  "This command has changed nothing in production: `status` says what has it, and what is not finished";

interface LastLine {
  /** Takes the place of `print`: it passes each event on to it, but for the end of a run that failed. */
  output(event: DeployEvent): void;
  /** Returns the error to throw: for a run that did not finish a `RunEnded`, which has the line to be said last. */
  ending(error: unknown): unknown;
}

/** Keeps the line that says where production is and what to do, so that whatever else is told comes before it. */
export function lastLine(print: (event: DeployEvent) => void): LastLine {
  let end: DeployEvent | null = null;
  return {
    output(event) {
      if (event.type === "deployEnded" && !event.ok) end = event;
      else print(event);
    },
    ending(error) {
      if (end === null && (error instanceof UserError || error instanceof LeaseHeldError)) return error;
      const last = end ?? { type: "warning", atMs: Date.now(), message: NOTHING_DONE };
      return new RunEnded(error as Error, end !== null, () => print(last));
    },
  };
}
