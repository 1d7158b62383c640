import { Command, InvalidArgumentError } from "commander";
import { HELP_GROUPS } from "./help-groups";
import { lateActions } from "./late-actions";
import { examples, JSON_OPTION, STACK_OPTION, STORE_OPTION } from "./options";
import type { HistoryOptions } from "./run-history";

/** Runs that are listed by default. */
const DEFAULT_COUNT = 20;

export function historyCommand(): Command {
  return new Command("history")
    .helpGroup(HELP_GROUPS.looking)
    .description("List the last runs: when, by whom, what, and how they ended; or those of a job")
    .argument("[job]", "a job: list when it ran, with which release, and how it ended")
    .requiredOption(...STACK_OPTION)
    .option("--last <n>", "number of runs", parseCount, DEFAULT_COUNT)
    .option(...STORE_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples("npx aoshingo history --stack prod --last 5", "npx aoshingo history --stack prod users-report"),
    )
    .action((job: string | undefined, options: HistoryOptions) =>
      job === undefined
        ? lateActions.runHistory().runHistory(options)
        : lateActions.runJobHistory().runJobHistory(job, options),
    );
}

export function showCommand(): Command {
  return new Command("show")
    .helpGroup(HELP_GROUPS.looking)
    .description("Show one run, step by step")
    .argument("<run>", "id of the run, as `history` shows it")
    .requiredOption(...STACK_OPTION)
    .option(...STORE_OPTION)
    .option(...JSON_OPTION)
    .addHelpText("after", examples("npx aoshingo show --stack prod 20261125T093000Z-7"))
    .action((deploy: string, options: HistoryOptions) => lateActions.runHistory().runShow(deploy, options));
}

function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError(`wanted a whole number from 1, given ${text}`);
  return value;
}
