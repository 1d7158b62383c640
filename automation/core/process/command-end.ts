import { CommanderError } from "commander";
import { UserError } from "../../../components/core/user-error";
import { printableOn } from "../printable";

export const EXIT_FAILED = 1;
const EXIT_WRONG_USE = 2;

/** Enough for what a command has left to close, such as connections. Milliseconds. */
const OPEN_FOR_MS = 2_000;

/**
 * Codes of an error when nobody can read the output any more: the other end of a pipe was closed, or a terminal was
 * lost.
 */
const READER_GONE = ["EPIPE", "EIO"];

/**
 * Runs a command to its end and sets the process's exit code: the command's own if it returns a number, 0 after help, 2
 * for a wrong command line, a UserError's own, and 1 for an unforeseen error, whose whole trace is printed. It is never 0
 * if the output could not be written.
 */
export async function endWith(command: () => Promise<unknown>): Promise<void> {
  const failIfOutputIsLost = goOnWithoutOutput();
  try {
    const result = await command();
    process.exitCode = typeof result === "number" ? result : 0;
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    if (error instanceof UserError) console.error(printableOn(process.stderr, error.message));
    // Commander has printed what is wrong with the command line.
    else if (!(error instanceof CommanderError)) console.error(error);
  }
  failIfOutputIsLost();
}

/**
 * Ends the process soon after its command, also where something is open that would keep it alive: a project's own program
 * runs in it, and may have started a server or a timer.
 */
export function endSoon(): void {
  setTimeout(() => process.stdout.write("", () => process.exit()), OPEN_FOR_MS).unref();
}

/**
 * Lets a run go on when the reader of its output has gone, such as `head` or a broken connection, and when its output
 * cannot be written, such as to a full disk: production is not left half-way for a log.
 * @returns a function that sets exit code 1 instead of 0 if output is lost, now or later
 */
function goOnWithoutOutput(): () => void {
  let isLost = false;
  const failIfLost = () => {
    if (isLost) process.exitCode ||= EXIT_FAILED;
  };
  for (const stream of [process.stdout, process.stderr])
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (isLost || READER_GONE.includes(error.code ?? "")) return;
      isLost = true;
      console.error(`the output could not be written: ${error.message}`);
      failIfLost();
    });
  return failIfLost;
}

export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_WRONG_USE;
  return error instanceof UserError ? error.exitCode : EXIT_FAILED;
}
