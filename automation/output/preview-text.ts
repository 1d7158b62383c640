import pc from "picocolors";
import { columnsOf } from "../core/columns";
import type { Operation } from "../preview/change";
import { changeLines } from "../preview/change-lines";
import type { PreviewReport } from "../preview/preview-report";
import { showsColours } from "./colours";
import { MARKS } from "./plan-text";
import { table } from "./table";
import { wrapped } from "./wrapped";

/**
 * Returns what merging changes, for people: first the changes that fail requests. It has colours only on a terminal.
 */
export function previewText(report: PreviewReport, screen: { isTTY?: boolean; columns?: number }): string {
  const width = columnsOf(screen);
  const paint = pc.createColors(showsColours(screen));
  const cut = (text: string) => (text.length <= width ? text : `${text.slice(0, width - 1)}…`);
  const colours: Record<Operation, (text: string) => string> = {
    create: paint.green,
    update: paint.yellow,
    replace: paint.magenta,
    delete: paint.red,
  };
  const listed = (changes: PreviewReport["changes"]) =>
    changeLines(changes).map(({ operation, depth, text }) =>
      depth === 0 ? colours[operation](cut(`  ${MARKS[operation]} ${text}`)) : paint.dim(cut(`      ${text}`)),
    );
  const { warnings, summary, services, costs, changes, nextRelease } = report;
  return [
    ...warnings.flatMap((warning) => wrapped(warning, width).map((line) => paint.red(paint.bold(line)))),
    ...wrapped(summary, width).map((line) => paint.bold(line)),
    ...section("", services.length > 0 ? table(tableOf(report)).map(cut) : []),
    ...section(
      "Resources with an hourly or monthly price:",
      costs.flatMap((cost) => wrapped(`  ${cost}`, width, 4)),
    ),
    ...section("Now:", listed(changes)),
    ...section("With the next release of the service:", listed(nextRelease)),
  ].join("\n");
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", ...(title === "" ? [] : [title]), ...lines];
}

function tableOf({ services }: PreviewReport): string[][] {
  return [
    ["SERVICE", "", "CREATE", "UPDATE", "REPLACE", "DELETE"],
    ...services.map(({ service, state, counts }) => [
      service ?? "(shared)",
      state === "kept" ? "" : state,
      ...[counts.create, counts.update, counts.replace, counts.delete].map((count) => (count > 0 ? `${count}` : "-")),
    ]),
  ];
}
