import { Command, InvalidArgumentError } from "commander";
import { UserError } from "../../components/user-error";
import { table } from "../output/table";
import { type HistoryRecord, history, historyOf } from "../store/history";
import { storeOf } from "./stack-outputs";

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
    .option("--store <directory>", "where leases and journals are kept (default: the stack's own bucket)")
    .option("--json", "print JSON", false)
    .addHelpText("after", "\nExample:\n  npm run history -- --stack prod --last 5")
    .action(async ({ stack, json, last, store }: HistoryOptions) => {
      const records = await history(await storeOf(stack, store), last);
      console.log(json ? JSON.stringify(records, null, 2) : historyText(records));
    });
}

export function showCommand(): Command {
  return new Command("show")
    .description("Show one run, step by step")
    .argument("<run>", "its id, as `history` shows it")
    .requiredOption("--stack <name>", "Pulumi stack to look at")
    .option("--store <directory>", "where leases and journals are kept (default: the stack's own bucket)")
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

function historyText(records: readonly HistoryRecord[]): string {
  if (records.length === 0) return "No run yet.";
  const rows = records.map((record) => [
    record.deploy,
    `${record.command} ${releasesOf(record)}`,
    record.who,
    outcomeOf(record),
    lengthOf(record),
  ]);
  const lines = table([["RUN", "WHAT", "WHO", "ENDED", "TIME"], ...rows]);
  return lines.join("\n");
}

function showText(record: HistoryRecord): string {
  const { deploy, command, who, commit, startedAtMs, why, reason, steps } = record;
  const head = [
    `${deploy}  ${command} ${releasesOf(record)}`,
    `by ${who} on ${new Date(startedAtMs).toISOString()}${commit ? `, commit ${commit.slice(0, 12)}` : ""}${why ? `: ${why}` : ""}`,
    `${outcomeOf(record)} ${lengthOf(record)}${reason ? `: ${reason}` : ""}`,
  ];
  const rows = steps.map(({ step, seconds, ok, detail }) => [
    ok === null ? "?" : ok ? "✓" : "✗",
    step,
    seconds === null ? "-" : `${seconds.toFixed(1)} s`,
    detail.split("\n")[0]!,
  ]);
  return [...head, "", ...table(rows)].join("\n");
}

function releasesOf({ releases }: HistoryRecord): string {
  return Object.entries(releases)
    .map(([service, { name }]) => `${service}=${name}`)
    .join(" ");
}

function outcomeOf({ outcome }: HistoryRecord): string {
  if (outcome === null) return "not finished";
  return { done: "done", takenBack: "taken back", left: "left: resume or abort" }[outcome];
}

function lengthOf({ startedAtMs, endedAtMs }: HistoryRecord): string {
  return endedAtMs === null ? "-" : `${((endedAtMs - startedAtMs) / 1000).toFixed(0)} s`;
}

function whole(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError(`wanted a whole number from 1, given ${text}`);
  return value;
}
