import { classesOf } from "./headline";
import { alignColumns } from "./table";
import type { RehearsalReport } from "./types";

/** A report with its name in the comparison, such as "dns, no drain". */
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
  /** The whole rehearsal's, so it is the same for each class; null when no answer came from the new release. */
  mixedMs: number | null;
}

/** One row for each class of clients of each report. */
export function compare(reports: readonly NamedReport[]): ComparisonRow[] {
  return reports.flatMap(({ name, report }) =>
    classesOf(report.traffic).map(([clients, { sent, failed, lost, doubled }]) => {
      return { name, clients, sent, failed, lost, doubled, mixedMs: report.change.mixedMs };
    }),
  );
}

/**
 * The rows as an aligned table, which ends with a line feed; only the first row of a report has its name and
 * `mixedMs`.
 */
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
