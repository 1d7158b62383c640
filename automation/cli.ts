import "./core/light-zod";
import "./core/silent-aws-sdk";
import "./core/light-pulumi-sdk";
import { CommanderError } from "commander";
import { UserError } from "../components/core/user-error";
import { DoctorFindings } from "./commands/doctor";
import { buildProgram } from "./commands/program";
import { becomeProgram } from "./commands/programs";
import { credentialsProblem } from "./core/credentials-problem";
import { DeployFailed, RunEnded, StepFailed, Stopped } from "./core/errors";
import { printableOn } from "./core/printable";
import { EXIT_FAILED, endSoon, endWith, exitCodeOf } from "./core/process/command-end";
import { LeaseHeldError, LeaseLostError } from "./ports/store";

async function main(): Promise<number> {
  try {
    await buildProgram().parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof DoctorFindings) return EXIT_FAILED;
    if (error instanceof CommanderError || error instanceof UserError) throw error;
    if (error instanceof RunEnded) return endOfRun(error);
    if (error instanceof LeaseHeldError || error instanceof LeaseLostError) return failWith(error);
    // Before the first step of a run no event gives the reason.
    if (error instanceof Stopped || error instanceof StepFailed) return failWith(error);
    explainUnforeseen(error);
    return EXIT_FAILED;
  }
}

/** Says everything else before the line that a person looks for. */
function endOfRun({ cause, saysWhy, sayLast }: RunEnded): number {
  const isForeseen = [LeaseLostError, UserError, StepFailed, Stopped].some((kind) => cause instanceof kind);
  if (!isForeseen) explainUnforeseen(cause, saysWhy);
  // Scripts read what is wrong with the use of a command from stderr.
  else if (!saysWhy || cause instanceof UserError) failWith(cause);
  sayLast();
  return exitCodeOf(cause);
}

/**
 * The events have given the reason. An unforeseen error also needs its stack trace.
 * @param isTold whether what is wrong with the credentials is told in another place
 */
function explainUnforeseen(error: unknown, isTold = false): void {
  const cause = error instanceof DeployFailed ? error.cause : error;
  if (cause instanceof StepFailed || cause instanceof Stopped) return;
  // Loaded late, because most commands end well.
  const { transientProblem } = require("./core/retry-transient") as typeof import("./core/retry-transient");
  const problem = credentialsProblem(cause) ?? transientProblem(cause);
  if (problem === null || !isTold) console.error(problem ?? cause);
}

async function start(): Promise<void> {
  try {
    if (becomeProgram(process.argv.slice(2))) return;
  } catch (error) {
    return endWith(() => Promise.reject(error));
  }
  await endWith(main);
  endSoon();
}

function failWith(error: Error): number {
  console.error(printableOn(process.stderr, error.message));
  return EXIT_FAILED;
}

void start();
