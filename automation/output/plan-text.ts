import pc from "picocolors";
import { columnsOf } from "../core/columns";
import type { Operation } from "../preview/change";
import { changeLines, countsText } from "../preview/change-lines";
import { type DeployPlan, type PlannedUp, type PlanStep, planSummary } from "../preview/deploy-plan";
import { changesLines } from "./changes-lines";
import { showsColours } from "./colours";
import { durationText } from "./time-text";
import { wrapped } from "./wrapped";

export const MARKS: Readonly<Record<Operation, string>> = { create: "+", update: "~", replace: "±", delete: "-" };

interface Screen {
  isTTY?: boolean;
  columns?: number;
}

/**
 * Returns a summary of the plan, then each step with its expected time and, for an `up`, its changes. It has colours
 * only on a terminal.
 */
export function planText(plan: DeployPlan, screen: Screen): string {
  const width = columnsOf(screen);
  const paint = pc.createColors(showsColours(screen));
  const lines = wrapped(planSummary(plan), width).map((line) => paint.bold(line));
  for (const line of changesLines(plan.changes)) lines.push(...wrapped(line, width));
  for (const note of plan.notes) lines.push(...wrapped(`Note: ${note}`, width).map((line) => paint.yellow(line)));
  if (plan.steps.length > 0) lines.push("");
  plan.steps.forEach((step, index) => {
    lines.push(...stepLines(step, index + 1, width, paint));
  });
  return lines.join("\n");
}

function stepLines(step: PlanStep, number: number, width: number, paint: ReturnType<typeof pc.createColors>): string[] {
  const { title, expectedSeconds, services, detail, up } = step;
  const time = expectedSeconds === 0 ? "" : `, ${durationText(expectedSeconds)}`;
  const head = `${String(number).padStart(2)}  ${title}${time}`;
  const about = detail || services.join(", ");
  return [
    ...wrapped(head, width, 4).map((line) => paint.cyan(line)),
    ...wrapped(`    ${about}`, width, 4),
    ...(up ? upLines(up, width, paint) : []),
  ];
}

function upLines({ number, counts, changes }: PlannedUp, width: number, paint: ReturnType<typeof pc.createColors>) {
  const colours: Record<Operation, (text: string) => string> = {
    create: paint.green,
    update: paint.yellow,
    replace: paint.magenta,
    delete: paint.red,
  };
  const cut = (text: string) => (text.length <= width ? text : `${text.slice(0, width - 1)}…`);
  return [
    `    up ${number}: ${countsText(counts)}`,
    ...changeLines(changes).map(({ operation, depth, text }) =>
      depth === 0 ? colours[operation](cut(`      ${MARKS[operation]} ${text}`)) : paint.dim(cut(`          ${text}`)),
    ),
  ];
}
