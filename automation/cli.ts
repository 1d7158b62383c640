import "./core/quiet-aws-sdk";
import { CommanderError } from "commander";
import { UserError } from "../components/core/user-error";
import { DoctorFindings } from "./commands/doctor-findings";
import { buildProgram } from "./commands/program";
import { DeployFailed, StepFailed, Stopped } from "./core/errors";
import { EXIT_FAILED, endWith } from "./core/process/command-end";
import { LeaseHeldError, LeaseLostError } from "./ports/store";

const program = buildProgram();

async function main(): Promise<number> {
  try {
    await program.parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof DoctorFindings) return EXIT_FAILED;
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
