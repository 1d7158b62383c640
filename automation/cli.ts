import "./quiet-aws-sdk";
import { CommanderError } from "commander";
import { UserError } from "../components/user-error";
import { SomethingToDo } from "./commands/something-to-do";
import { DeployFailed, StepFailed, Stopped } from "./deploy-failed";
import { EXIT_FAILED, endWith } from "./process/command-end";
import { buildProgram } from "./program";
import { LeaseHeldError, LeaseLostError } from "./store/deploy-store";

const program = buildProgram();

async function main(): Promise<number> {
  try {
    await program.parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof SomethingToDo) return EXIT_FAILED;
    if (error instanceof CommanderError || error instanceof UserError) throw error;
    if (error instanceof LeaseHeldError || error instanceof LeaseLostError) return told(error);
    if (error instanceof Stopped) return told(error);
    // Its events have told the reason already, but not where in the code something unforeseen came from.
    const unforeseen = error instanceof DeployFailed ? error.cause : error;
    if (!(unforeseen instanceof StepFailed || unforeseen instanceof Stopped)) console.error(unforeseen);
    return EXIT_FAILED;
  }
}

function told(error: Error): number {
  console.error(error.message);
  return EXIT_FAILED;
}

void endWith(main);
