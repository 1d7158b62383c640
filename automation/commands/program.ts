import { Command } from "commander";
import { COLUMNS } from "../core/columns";
import { addCommand, removeCommand } from "./add";
import { approveCommand } from "./approve";
import { completeCommand, completionCommand } from "./completion";
import { abortCommand, deployCommand, restartCommand, resumeCommand, retireCommand, rollbackCommand } from "./deploy";
import { doctorCommand } from "./doctor";
import { execCommand } from "./exec";
import { firstContactCommand } from "./first-contact";
import { freezeCommand, unfreezeCommand } from "./freeze";
import { HELP_GROUPS, LIST_OF_COMMANDS } from "./help-groups";
import { historyCommand, showCommand } from "./history";
import { initCommand } from "./init";
import { logsCommand, tasksCommand } from "./logs";
import { planCommand } from "./plan";
import { previewCommand } from "./preview";
import { OWN_PROGRAMS } from "./programs";
import { runCommand } from "./run";
import { explainCommand, settingsCommand } from "./settings";
import { statusCommand } from "./status";
import { upgradeCommand } from "./upgrade";

const RUNS = "0 done, 1 the run failed (its last line says where production\n            is), 2 wrong use or settings";
const CHECKED_FIRST = "2 wrong use or settings (nothing was changed)";
const WRITES = `0 done, 1 a file could not be written,\n            ${CHECKED_FIRST}`;
const OTHERS = "0 done, 1 it failed, 2 wrong use or settings";
const EXIT_CODES: Record<string, string> = {
  deploy: RUNS,
  restart: RUNS,
  resume: RUNS,
  abort: RUNS,
  rollback: RUNS,
  retire: "0 done, 1 nothing is kept warm, or it failed,\n            2 wrong use or settings",
  init: `0 done, 1 it was stopped, or a file could not be written,\n            ${CHECKED_FIRST}`,
  add: WRITES,
  remove: WRITES,
  preview: "0 fine, 1 the preview failed, 2 wrong use or settings,\n            3 see --fail-on-replace",
  doctor: "0 all is well, 1 there is something to do,\n            2 wrong use or settings",
  "first-contact":
    "0 done and nothing left, 1 it failed, 2 wrong use or settings,\n            3 done, but requests failed",
  run: "0 the job ended with 0, 1 it failed or has no release,\n            2 wrong use or settings",
  exec: "0 the session ended in order, 1 no session, or it was lost,\n            2 wrong use or settings",
  approve: "0 done, 1 nothing waits for approval, 2 wrong use or settings",
};

/** Builds the command line. A command that fails throws: cli.ts turns errors into exit codes. */
export function buildProgram(): Command {
  const program = new Command("aoshingo")
    .description("Blue/green deploys of the services that this Pulumi project declares")
    .addHelpText("after", `\nExit codes: ${RUNS}`)
    .commandsGroup(HELP_GROUPS.project)
    .helpCommand(true)
    .addCommand(planCommand())
    .addCommand(previewCommand())
    .addCommand(deployCommand())
    .addCommand(restartCommand())
    .addCommand(resumeCommand())
    .addCommand(abortCommand())
    .addCommand(rollbackCommand())
    .addCommand(retireCommand())
    .addCommand(approveCommand())
    .addCommand(freezeCommand())
    .addCommand(unfreezeCommand())
    .addCommand(statusCommand())
    .addCommand(tasksCommand())
    .addCommand(logsCommand())
    .addCommand(historyCommand())
    .addCommand(showCommand())
    .addCommand(doctorCommand())
    .addCommand(runCommand())
    .addCommand(execCommand())
    .addCommand(addCommand())
    .addCommand(removeCommand())
    .addCommand(settingsCommand())
    .addCommand(explainCommand())
    .addCommand(initCommand())
    .addCommand(upgradeCommand())
    .addCommand(firstContactCommand())
    .addCommand(completionCommand())
    .addCommand(completeCommand(buildProgram), { hidden: true });
  for (const command of [program, ...program.commands])
    command
      .exitOverride()
      .showSuggestionAfterError()
      .configureHelp({ helpWidth: COLUMNS, ...LIST_OF_COMMANDS });
  for (const command of program.commands)
    command.addHelpText("after", `\nExit codes: ${EXIT_CODES[command.name()] ?? OTHERS}`);
  // For the list only: whoever starts the command line has become the program before (becomeProgram).
  for (const [name, { description, group }] of Object.entries(OWN_PROGRAMS))
    program.command(name).description(description).helpGroup(HELP_GROUPS[group]);
  return program;
}
