import type { Operation } from "../preview/change";
import { changeLines } from "../preview/change-lines";
import type { PreviewReport, ServiceReport } from "../preview/preview-report";
import { fenced, markdownText } from "./markdown";

/** GitHub takes comments of up to 65,536 characters; in bytes it is never more than that. */
const MAX_BYTES = 65_000;
const MAX_SENTENCE = 4_000;
const MAX_COSTS = 40;
const MAX_SERVICES = 100;
/** What GitHub paints in a diff: green, orange, red. */
const SIGNS: Readonly<Record<Operation, string>> = { create: "+", update: "!", replace: "!", delete: "-" };

/** For a comment on a pull request: what fails requests stands first, then the whole in a sentence; every resource is folded. */
export function previewMarkdown(report: PreviewReport): string {
  const { stack, warnings, summary, services, costs } = report;
  const head = [
    ...warnings.map((warning) => `**${sentence(warning)}**`),
    sentence(summary),
    ...(services.length > 0 ? ["", ...serviceTable(services)] : []),
    ...(costs.length > 0 ? ["", "What is paid for by the hour or month:", "", ...costLines(costs)] : []),
  ];
  const diff = [...linesOf(report.changes), ...nextReleaseLines(report)];
  const end = ["", marker(stack), ""];
  const room = MAX_BYTES - bytes([...head, ...end, ...folded(report, [])]);
  const shown = fitting(diff, room, stack);
  return [...head, ...(diff.length > 0 ? folded(report, shown) : []), ...end].join("\n");
}

/** The same place for a preview that could not be made. */
export function failedPreviewMarkdown(stack: string, reason: string): string {
  const [first = "", ...more] = reason.split("\n").map((line) => sentence(line));
  return [`**The preview of ${markdownText(stack)} failed:** ${first}`, ...more, "", marker(stack), ""].join("\n");
}

/** By this line a workflow finds its own comment. */
function marker(stack: string): string {
  return `<!-- aoshingo preview ${stack} -->`;
}

function serviceTable(services: readonly ServiceReport[]): string[] {
  const rows = services.slice(0, MAX_SERVICES).map(({ service, state, counts, nextRelease }) => {
    const name = service === null ? "*shared*" : `${markdownText(service)}${state === "kept" ? "" : ` (${state})`}`;
    const numbers = [counts.create, counts.update, counts.replace, counts.delete].map((count) => count || "");
    return `| ${[name, ...numbers, sentence(nextRelease.join(", "))].join(" | ")} |`;
  });
  const more = services.length - rows.length;
  return [
    "| service | create | update | replace | delete | with its next release |",
    "|---|--:|--:|--:|--:|---|",
    ...rows,
    ...(more > 0 ? [`| and ${more} more | | | | | |`] : []),
  ];
}

function costLines(costs: readonly string[]): string[] {
  const more = costs.length - MAX_COSTS;
  return [
    ...costs.slice(0, MAX_COSTS).map((cost) => `- ${sentence(cost)}`),
    ...(more > 0 ? [`- and ${more} more`] : []),
  ];
}

function linesOf(changes: PreviewReport["changes"]): string[] {
  return changeLines(changes).map(({ operation, depth, text }) =>
    depth === 0 ? `${SIGNS[operation]} ${text}` : `      ${text}`,
  );
}

function nextReleaseLines({ nextRelease }: PreviewReport): string[] {
  return nextRelease.length === 0 ? [] : ["# with the next release of the service", ...linesOf(nextRelease)];
}

function folded({ changes, nextRelease }: PreviewReport, lines: readonly string[]): string[] {
  const count = changes.length + nextRelease.length;
  return [
    "",
    `<details><summary>${count === 1 ? "The resource" : `All ${count} resources`}</summary>`,
    "",
    ...fenced(lines, "diff"),
    "",
    "</details>",
  ];
}

/** As many lines as there is room for, and one that says how many are not shown. */
function fitting(lines: readonly string[], room: number, stack: string): string[] {
  if (bytes(lines) <= room) return [...lines];
  const shown: string[] = [];
  const last = (count: number) => `# and ${count} more lines: npm run preview -- --stack ${stack}`;
  let left = room - Buffer.byteLength(last(lines.length)) - 1;
  for (const line of lines) {
    left -= Buffer.byteLength(line) + 1;
    if (left < 0) break;
    shown.push(line);
  }
  return [...shown, last(lines.length - shown.length)];
}

function bytes(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
}

function sentence(text: string): string {
  const short = text.length <= MAX_SENTENCE ? text : `${text.slice(0, MAX_SENTENCE - 1)}…`;
  return markdownText(short);
}
