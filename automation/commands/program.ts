import { Command } from "commander";
import { abortCommand } from "./abort";
import { approveCommand } from "./approve";
import { deployCommand } from "./deploy";
import { doctorCommand } from "./doctor";
import { freezeCommand, unfreezeCommand } from "./freeze";
import { historyCommand, showCommand } from "./history";
import { planCommand } from "./plan";
import { previewCommand } from "./preview";
import { resumeCommand } from "./resume";
import { rollbackCommand } from "./rollback";
import { statusCommand } from "./status";

/** Columns of a terminal, at least: help is the same everywhere. */
const WIDTH = 80;

const RUNS = "0 done, 1 the run failed (production untouched or taken back),\n            2 wrong use or settings";
const LOOKS = "0 done, 1 it failed, 2 wrong use or settings";
const EXIT_CODES: Record<string, string> = {
  deploy: RUNS,
  resume: RUNS,
  abort: RUNS,
  rollback: RUNS,
  preview: "0 fine, 1 the preview failed, 2 wrong use or settings,\n            3 see --fail-on-replace",
  doctor: "0 all is well, 1 there is something to do,\n            2 wrong use or settings",
  approve: "0 done, 1 nothing waits for it, 2 wrong use or settings",
};

/** All commands; each throws what it ends with: see cli.ts. */
export function buildProgram(): Command {
  const program = new Command("aoshingo")
    .description("Blue/green deploys of the services that this Pulumi project declares")
    .addHelpText("after", `\nExit codes: ${RUNS}`)
    .addCommand(planCommand())
    .addCommand(previewCommand())
    .addCommand(deployCommand())
    .addCommand(resumeCommand())
    .addCommand(abortCommand())
    .addCommand(rollbackCommand())
    .addCommand(approveCommand())
    .addCommand(statusCommand())
    .addCommand(historyCommand())
    .addCommand(showCommand())
    .addCommand(doctorCommand())
    .addCommand(freezeCommand())
    .addCommand(unfreezeCommand());
  for (const command of [program, ...program.commands])
    command.exitOverride().showSuggestionAfterError().configureHelp({ helpWidth: WIDTH });
  for (const command of program.commands)
    command.addHelpText("after", `\nExit codes: ${EXIT_CODES[command.name()] ?? LOOKS}`);
  return program;
}
