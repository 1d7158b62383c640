import { Command } from "commander";
import { HELP_GROUPS } from "./help-groups";
import { lateActions } from "./late-actions";
import { CONFIG_FILE_OPTION, examples, JSON_OPTION, STACK_OPTION, STORE_OPTION } from "./options";
import type { DoctorOptions } from "./run-doctor";

/** There is something to do, and it has been printed. The command ends with exit code 1. */
export class DoctorFindings extends Error {}

export function doctorCommand(): Command {
  return new Command("doctor")
    .helpGroup(HELP_GROUPS.looking)
    .description("Check everything that a deploy depends on, and say what there is to do. Changes nothing")
    .requiredOption(...STACK_OPTION)
    .option(...STORE_OPTION)
    .option(...CONFIG_FILE_OPTION)
    .option(...JSON_OPTION)
    .addHelpText("after", examples("npx aoshingo doctor --stack prod"))
    .action(async (options: DoctorOptions) => {
      const { runDoctor } = lateActions.runDoctor();
      if (!(await runDoctor(options))) throw new DoctorFindings();
    });
}
