import { CommanderError } from "commander";
import { UserError } from "../../../components/core/user-error";
import { surviveBrokenPipes } from "./broken-pipe";

export const EXIT_FAILED = 1;
const EXIT_WRONG_USE = 2;

/**
 * Runs a command to its end, which is the process's exit code: what it returns, 0 after help, 2 for a command line that is wrong, a UserError's own, and 1
 * for anything unforeseen, whose whole trace is printed.
 * @param command what it returns is its exit code if it is a number, else that is 0
 */
export async function endWith(command: () => Promise<unknown>): Promise<void> {
  surviveBrokenPipes();
  try {
    const result = await command();
    process.exitCode = typeof result === "number" ? result : 0;
  } catch (error) {
    process.exitCode = exitCodeOf(error);
    if (error instanceof UserError) console.error(error.message);
    // Commander has said what is wrong with the command line.
    else if (!(error instanceof CommanderError)) console.error(error);
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_WRONG_USE;
  return error instanceof UserError ? error.exitCode : EXIT_FAILED;
}
