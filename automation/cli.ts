import "./quiet-aws-sdk";
import { CommanderError } from "commander";
import { UserError } from "../components/user-error";
import { SomethingToDo } from "./commands/something-to-do";
import { DeployFailed, StepFailed, Stopped } from "./deploy-failed";
import { buildProgram } from "./program";
import { LeaseHeldError, LeaseLostError } from "./store/deploy-store";

const EXIT_FAILED = 1;
const EXIT_WRONG_USE = 2;

const program = buildProgram();

async function main(): Promise<number> {
  try {
    await program.parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_WRONG_USE;
    if (error instanceof SomethingToDo) return EXIT_FAILED;
    if (error instanceof UserError) return told(error, error.exitCode);
    if (error instanceof LeaseHeldError || error instanceof LeaseLostError) return told(error, EXIT_FAILED);
    if (error instanceof Stopped) return told(error, EXIT_FAILED);
    // Its events have told the reason already, but not where in the code something unforeseen came from.
    const unforeseen = error instanceof DeployFailed ? error.cause : error;
    if (!(unforeseen instanceof StepFailed || unforeseen instanceof Stopped)) console.error(unforeseen);
    return EXIT_FAILED;
  }
}

function told(error: Error, exitCode: number): number {
  console.error(error.message);
  return exitCode;
}

void main().then((code) => {
  process.exitCode = code;
});
