import { readFile } from "node:fs/promises";
import { CLIENT_CLASSES } from "../traffic/types";
import { alignColumns } from "./table";
import type { RehearsalReport } from "./types";

/** A report with the name that the comparison gives it, such as "dns, no drain". */
export interface NamedReport {
  name: string;
  report: RehearsalReport;
}

export interface ComparisonRow {
  name: string;
  clients: string;
  sent: number;
  failed: number;
  lost: number;
  doubled: number;
  /** Of the whole rehearsal, hence the same for each class; null when no answer came from the new release. */
  mixedMs: number | null;
}

/** One row for each report and class of clients. */
export function compare(reports: readonly NamedReport[]): ComparisonRow[] {
  return reports.flatMap(({ name, report }) =>
    CLIENT_CLASSES.map((clients) => {
      const { sent, failed, lost, doubled } = report.traffic[clients];
      return { name, clients, sent, failed, lost, doubled, mixedMs: report.change.mixedMs };
    }),
  );
}

/** The rows as an aligned table; a report's name and `mixedMs` stand only in its first row. Ends with a line feed. */
export function formatComparison(rows: readonly ComparisonRow[]): string {
  const cells = rows.map((row, index) => {
    const isFirst = rows[index - 1]?.name !== row.name;
    const mixed = row.mixedMs === null ? "-" : String(row.mixedMs);
    const counts = [row.sent, row.failed, row.lost, row.doubled].map(String);
    return [isFirst ? row.name : "", row.clients, ...counts, isFirst ? mixed : ""];
  });
  const header = ["rehearsal", "clients", "sent", "failed", "lost", "doubled", "mixed ms"];
  return `${alignColumns([header, ...cells], 2)
    .map((line) => line.trimEnd())
    .join("\n")}\n`;
}

/** Reads report.json files; keys of `files` are the names. */
export async function readReports(files: Readonly<Record<string, string>>): Promise<NamedReport[]> {
  return Promise.all(
    Object.entries(files).map(async ([name, file]) => ({
      name,
      report: JSON.parse(await readFile(file, "utf8")) as RehearsalReport,
    })),
  );
}

/** `name=report.json ... [--json]`. */
async function main(words: string[]): Promise<void> {
  const json = words.includes("--json");
  const pairs = words.filter((word) => word !== "--json").map((word) => splitPair(word));
  const rows = compare(await readReports(Object.fromEntries(pairs)));
  process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : formatComparison(rows));
}

function splitPair(word: string): [string, string] {
  const at = word.indexOf("=");
  return at < 0 ? [word, word] : [word.slice(0, at), word.slice(at + 1)];
}

if (require.main === module) {
  main(process.argv.slice(2)).catch((error: Error) => {
    console.error(`compare: ${error.message}`);
    process.exitCode = 2;
  });
}
