import "./quiet-aws-sdk";
import { Command, CommanderError } from "commander";
import { UserError } from "../components/user-error";
import { abortCommand } from "./commands/abort";
import { deployCommand } from "./commands/deploy";
import { freezeCommand, unfreezeCommand } from "./commands/freeze";
import { historyCommand, showCommand } from "./commands/history";
import { planCommand } from "./commands/plan";
import { previewCommand } from "./commands/preview";
import { resumeCommand } from "./commands/resume";
import { rollbackCommand } from "./commands/rollback";
import { statusCommand } from "./commands/status";
import { DeployFailed, StepFailed, Stopped } from "./deploy-failed";
import { LeaseHeldError, LeaseLostError } from "./store/deploy-store";

const EXIT_FAILED = 1;
const EXIT_WRONG_USE = 2;

const program = new Command("aoshingo")
  .description("Blue/green deploys of the services that this Pulumi project declares")
  .showSuggestionAfterError()
  .addHelpText(
    "after",
    "\nExit codes: 0 done, 1 the run failed (production untouched or taken back), 2 wrong use or settings",
  )
  .addCommand(planCommand())
  .addCommand(previewCommand())
  .addCommand(deployCommand())
  .addCommand(resumeCommand())
  .addCommand(abortCommand())
  .addCommand(rollbackCommand())
  .addCommand(statusCommand())
  .addCommand(historyCommand())
  .addCommand(showCommand())
  .addCommand(freezeCommand())
  .addCommand(unfreezeCommand());
for (const command of [program, ...program.commands]) command.exitOverride();

async function main(): Promise<number> {
  try {
    await program.parseAsync();
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_WRONG_USE;
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
