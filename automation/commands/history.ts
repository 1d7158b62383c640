import { Command, InvalidArgumentError } from "commander";
import { UserError } from "../../components/core/user-error";
import { historyText, showText } from "../output/history-text";
import { history, historyOf } from "../store/history";
import { HELP_GROUPS } from "./help-groups";
import { lateActions } from "./late-actions";
import { examples, JSON_OPTION, STORE_OPTION } from "./options";
import { openStackStore } from "./stack-outputs";

interface HistoryOptions {
  stack: string;
  json: boolean;
  last: number;
  store?: string;
}

const DEFAULT_COUNT = 20;

export function historyCommand(): Command {
  return new Command("history")
    .helpGroup(HELP_GROUPS.looking)
    .description("List the last runs: when, by whom, what, and how they ended; or those of a job")
    .argument("[job]", "a job: list when it ran, with which release, and how it ended")
    .requiredOption("--stack <name>", "Pulumi stack")
    .option("--last <n>", "number of runs", parseCount, DEFAULT_COUNT)
    .option(...STORE_OPTION)
    .option(...JSON_OPTION)
    .addHelpText(
      "after",
      examples("npx aoshingo history --stack prod --last 5", "npx aoshingo history --stack prod users-report"),
    )
    .action(async (job: string | undefined, { stack, json, last, store }: HistoryOptions) => {
      if (job !== undefined) return lateActions.runHistory().runJobHistory(job, { stack, json, last, store });
      const { runs, problems } = await history(await openStackStore(stack, store), last);
      console.log(json ? JSON.stringify(runs, null, 2) : historyText(runs));
      for (const problem of problems) console.error(`not shown: ${problem}`);
    });
}

export function showCommand(): Command {
  return new Command("show")
    .helpGroup(HELP_GROUPS.looking)
    .description("Show one run, step by step")
    .argument("<run>", "id of the run, as `history` shows it")
    .requiredOption("--stack <name>", "Pulumi stack")
    .option(...STORE_OPTION)
    .option(...JSON_OPTION)
    .addHelpText("after", examples("npx aoshingo show --stack prod 20261125T093000Z-7"))
    .action(async (deploy: string, { stack, json, store: directory }: HistoryOptions) => {
      const store = await openStackStore(stack, directory);
      const known = await store.deploys();
      if (!known.includes(deploy))
        throw new UserError(
          `no run "${deploy}": wanted one of ${known.slice(-DEFAULT_COUNT).join(", ") || "none, there was no run yet"}`,
        );
      const record = historyOf(deploy, await store.journal(deploy));
      console.log(json ? JSON.stringify(record, null, 2) : showText(record));
    });
}

function parseCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError(`wanted a whole number from 1, given ${text}`);
  return value;
}
