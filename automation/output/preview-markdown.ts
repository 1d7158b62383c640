import { countOf } from "../../components/core/count-of";
import type { Operation } from "../preview/change";
import { changeLines } from "../preview/change-lines";
import type { PreviewReport, ServiceReport } from "../preview/preview-report";
import { fenced, MAX_TEXT, markdownText } from "./markdown";

/** Bytes left for what a workflow puts behind a preview, such as the verdicts of `prove`: a long list of resources must not push them out. */
const FOR_MORE = 8_000;
const MAX_SENTENCE = 4_000;
const MAX_COSTS = 40;
const MAX_SERVICES = 100;
/** Signs that GitHub colours green, orange and red in a diff. */
const SIGNS: Readonly<Record<Operation, string>> = { create: "+", update: "!", replace: "!", delete: "-" };

/**
 * Returns the preview as a comment on a pull request: first the changes that fail requests, then a summary in one
 * sentence, a table by service, and a folded list of all resources.
 */
export function previewMarkdown(report: PreviewReport): string {
  const { stack, warnings, summary, services, costs } = report;
  const head = [
    ...warnings.map((warning) => `**${sentence(warning)}**`),
    sentence(summary),
    ...(services.length > 0 ? ["", ...serviceTable(services)] : []),
    ...(costs.length > 0 ? ["", "Resources with an hourly or monthly price:", "", ...costLines(costs)] : []),
  ];
  const diff = [...linesOf(report.changes), ...nextReleaseLines(report)];
  const end = ["", marker(stack), ""];
  // Bytes are never fewer than characters.
  const room = MAX_TEXT - FOR_MORE - bytes([...head, ...end, ...folded(report, [])]);
  const shown = fittingLines(diff, room, stack);
  return [...head, ...(diff.length > 0 ? folded(report, shown) : []), ...end].join("\n");
}

/** Returns a comment that reports why the preview failed. It takes the place of the preview. */
export function failedPreviewMarkdown(stack: string, reason: string): string {
  const [first = "", ...more] = reason.split("\n").map((line) => sentence(line));
  return [`**The preview of ${markdownText(stack)} failed:** ${first}`, ...more, "", marker(stack), ""].join("\n");
}

/** Returns the line by which a workflow of one's own finds its comment; ours have one of theirs, at the beginning. */
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

/** Returns as many lines as fit into the room, and a line that counts those left out. */
function fittingLines(lines: readonly string[], room: number, stack: string): string[] {
  if (bytes(lines) <= room) return [...lines];
  const shown: string[] = [];
  const last = (count: number) => `# and ${countOf(count, "more line")}: npx aoshingo preview --stack ${stack}`;
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
