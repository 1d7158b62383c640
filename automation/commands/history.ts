import { Command, InvalidArgumentError } from "commander";
import { UserError } from "../../components/core/user-error";
import { historyText, showText } from "../output/history-text";
import { history, historyOf } from "../store/history";
import { storeOf } from "./stack-outputs";
import { STORE_OPTION } from "./store-option";

interface HistoryOptions {
  stack: string;
  json: boolean;
  last: number;
  store?: string;
}

const LAST = 20;

export function historyCommand(): Command {
  return new Command("history")
    .description("Show the last runs: when, who, what, how they ended")
    .requiredOption("--stack <name>", "Pulumi stack to look at")
    .option("--last <n>", "how many", whole, LAST)
    .option(...STORE_OPTION)
    .option("--json", "print JSON", false)
    .addHelpText("after", "\nExample:\n  npm run history -- --stack prod --last 5")
    .action(async ({ stack, json, last, store }: HistoryOptions) => {
      const { runs, problems } = await history(await storeOf(stack, store), last);
      console.log(json ? JSON.stringify(runs, null, 2) : historyText(runs));
      for (const problem of problems) console.error(`not shown: ${problem}`);
    });
}

export function showCommand(): Command {
  return new Command("show")
    .description("Show one run, step by step")
    .argument("<run>", "its id, as `history` shows it")
    .requiredOption("--stack <name>", "Pulumi stack to look at")
    .option(...STORE_OPTION)
    .option("--json", "print JSON", false)
    .addHelpText("after", "\nExample:\n  npm run show -- --stack prod 20261125T093000Z-7")
    .action(async (deploy: string, { stack, json, store: directory }: HistoryOptions) => {
      const store = await storeOf(stack, directory);
      const known = await store.deploys();
      if (!known.includes(deploy))
        throw new UserError(
          `no run "${deploy}": wanted one of ${known.slice(-LAST).join(", ") || "none, there was no run yet"}`,
        );
      const record = historyOf(deploy, await store.journal(deploy));
      console.log(json ? JSON.stringify(record, null, 2) : showText(record));
    });
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError(`wanted a whole number from 1, given ${text}`);
  return value;
}
