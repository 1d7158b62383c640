import { UserError } from "../../components/core/user-error";
import { historyText, showText } from "../output/history-text";
import { printResult } from "../output/print-result";
import { history, historyOf } from "../store/history";
import { openStackStore } from "./stack-outputs";

/** Runs that are named where one is not known. */
const NAMED = 20;

export interface HistoryOptions {
  stack: string;
  json: boolean;
  last: number;
  store?: string;
}

/** Prints the last runs, newest first. */
export async function runHistory({ stack, json, last, store }: HistoryOptions): Promise<void> {
  const { runs, problems } = await history(await openStackStore(stack, store), last);
  printResult(json, runs, () => historyText(runs));
  for (const problem of problems) console.error(`not shown: ${problem}`);
}

/**
 * Prints one run, step by step.
 * @throws UserError if there is none with this id
 */
export async function runShow(deploy: string, { stack, json, store: directory }: HistoryOptions): Promise<void> {
  const store = await openStackStore(stack, directory);
  const known = await store.deploys();
  if (!known.includes(deploy))
    throw new UserError(
      `no run "${deploy}": wanted one of ${known.slice(-NAMED).join(", ") || "none, there was no run yet"}`,
    );
  const record = historyOf(deploy, await store.journal(deploy));
  printResult(json, record, () => showText(record));
}
