import { COLUMNS } from "../core/columns";
import { wrapped } from "../output/wrapped";
import type { Finding } from "./check";
import { type Examination, isWell } from "./examine";

const MARKS: Record<Finding["says"], string> = { ok: "✓", todo: "✗", skipped: "-" };

/** Returns a line for each finding, with the remedy below it. */
export function findingsText(examinations: readonly Examination[]): string {
  const nameWidth = Math.max(...examinations.map(({ check }) => check.length));
  const indent = " ".repeat("✓ ".length + nameWidth + "  ".length);
  const lines = examinations.flatMap(({ check, findings }) =>
    findings.flatMap((finding, index) => {
      const name = (index === 0 ? check : "").padEnd(nameWidth);
      const detail = wrapped(finding.detail, COLUMNS - indent.length);
      return [
        `${MARKS[finding.says]} ${name}  ${detail[0]}`,
        ...detail.slice(1).map((line) => `${indent}${line}`),
        ...wrapped(finding.remedy === undefined ? "" : `-> ${finding.remedy}`, COLUMNS - indent.length, 3)
          .filter((line) => line !== "")
          .map((line) => `${indent}${line}`),
      ];
    }),
  );
  const todos = examinations.flatMap(({ findings }) => findings).filter(({ says }) => says === "todo").length;
  const end = isWell(examinations) ? "All is well." : `${todos} ${todos === 1 ? "thing" : "things"} to do.`;
  return [...lines, "", end].join("\n");
}
