import type { CaseResult } from "./case-result";
import { INJECTED_STEPS, RUN_ENDS, type RunEnd } from "./cases";

const WORDS: Record<RunEnd, string> = { done: "done", takenBack: "back", rolledBack: "rolled back", left: "left" };

/**
 * A table in Markdown with one row for each fault and one column for each step: how the deploy ended, and how many of
 * production's requests failed if any did. What is not as expected is bold.
 */
export function markdownTable(results: readonly CaseResult[]): string {
  const rows = new Map<string, Map<string, CaseResult>>();
  for (const result of results) {
    const name = [`\`${result.kind}\``, result.variant].filter(Boolean).join(", ");
    const row = rows.get(name) ?? new Map<string, CaseResult>();
    rows.set(name, row.set(result.step, result));
  }
  const lines = [...rows].map(([name, row]) => [name, ...INJECTED_STEPS.map((step) => cellOf(row.get(step)))]);
  return [["fault", ...INJECTED_STEPS], ["---", ...INJECTED_STEPS.map(() => "---")], ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function cellOf(result: CaseResult | undefined): string {
  if (!result) return "";
  const { end, next, failed, wrong } = result;
  const words = [
    end === null ? "broken off" : WORDS[end],
    ...(next === "" ? [] : [`then ${next}`]),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return wrong.length > 0 ? `**${words.join(", ")}**` : words.join(", ");
}

/** The number of cases with each end, such as "12 done, 3 back". */
export function endCounts(results: readonly CaseResult[]): string {
  const counts = RUN_ENDS.map((end) => [WORDS[end], results.filter((result) => result.end === end).length] as const);
  return counts
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${word}`)
    .join(", ");
}
