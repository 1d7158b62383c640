import { count } from "../../automation/page/kit/format";
import { classesOf } from "./headline";
import type { CallTotals, ClassTotals, JobTotals, RehearsalReport } from "./types";

/**
 * The problems of a rehearsal's traffic, one line each for a class of clients, the calls and the jobs; empty when
 * there are none.
 */
export function problemsOf({ traffic, calls, jobs }: Pick<RehearsalReport, "traffic" | "calls" | "jobs">): string[] {
  return [
    ...classesOf(traffic).flatMap(([name, totals]) => classProblems(name, totals)),
    ...(calls ? callProblems(calls) : []),
    ...(jobs ? jobProblems(jobs) : []),
  ];
}

function classProblems(name: string, totals: ClassTotals): string[] {
  if (totals.sent === 0) return [`${name}: no request was sent`];
  return line(name, [
    failures(totals.failed, totals.sent, totals.errors),
    some(totals.lost, "lost"),
    some(totals.doubled, "doubled"),
  ]);
}

function callProblems({ made, failed, errors }: CallTotals): string[] {
  return line("calls", [failures(failed, made, errors)]);
}

/** A job that was done twice is no problem: queues deliver at least once. */
function jobProblems({ sent, lost, failed, errors }: JobTotals): string[] {
  if (sent === 0) return ["jobs: none was sent"];
  return line("jobs", [
    failed > 0 ? `${count(failed)} could not be sent (${wordsOf(errors)})` : "",
    lost > 0 ? `${count(lost)} of ${count(sent)} lost` : "",
  ]);
}

function failures(failed: number, of: number, errors: Record<string, number>): string {
  return failed > 0 ? `${count(failed)} of ${count(of)} failed (${wordsOf(errors)})` : "";
}

function some(number: number, word: string): string {
  return number > 0 ? `${count(number)} ${word}` : "";
}

function wordsOf(errors: Record<string, number>): string {
  return Object.keys(errors).sort().join(", ");
}

function line(name: string, parts: readonly string[]): string[] {
  const said = parts.filter((part) => part !== "");
  return said.length > 0 ? [`${name}: ${said.join(", ")}`] : [];
}
