import { RUN_ENDS, type RunEnd, STRUCK_STEPS } from "./cases";
import type { StruckPair } from "./matrix";

const WORDS: Record<RunEnd, string> = { done: "done", takenBack: "back", turnedBack: "turned back", left: "left" };

/** One row for each fault and one column for each step, in Markdown: how the deploy ended, and how many of production's requests failed if any did. */
export function markdownTable(pairs: readonly StruckPair[]): string {
  const rows = new Map<string, Map<string, StruckPair>>();
  for (const pair of pairs) {
    const name = [`\`${pair.kind}\``, pair.variant].filter(Boolean).join(", ");
    const row = rows.get(name) ?? new Map<string, StruckPair>();
    rows.set(name, row.set(pair.step, pair));
  }
  const lines = [...rows].map(([name, row]) => [name, ...STRUCK_STEPS.map((step) => cellOf(row.get(step)))]);
  return [["fault", ...STRUCK_STEPS], ["---", ...STRUCK_STEPS.map(() => "---")], ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}

function cellOf(pair: StruckPair | undefined): string {
  if (!pair) return "";
  const { end, next, failed, wrong } = pair;
  const words = [
    end === null ? "broken off" : WORDS[end],
    ...(next === "" ? [] : [`then ${next}`]),
    ...(failed > 0 ? [`${failed} failed`] : []),
  ];
  return wrong.length > 0 ? `**${words.join(", ")}**` : words.join(", ");
}

/** How many of the pairs ended how, in words. */
export function endCounts(pairs: readonly StruckPair[]): string {
  const counts = RUN_ENDS.map((end) => [WORDS[end], pairs.filter((pair) => pair.end === end).length] as const);
  return counts
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} ${word}`)
    .join(", ");
}
