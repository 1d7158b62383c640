import type { Mark } from "../../kit/chart/frame";
import type { PageModel } from "../model";

/** What every chart marks in its background: each run, the rollback, faults and cutovers. Later ones are drawn on top. */
export function marksOf(model: PageModel): Mark[] {
  const { runs, faults, durationMs } = model;
  return [
    ...runSpans(model).map(({ number, startMs, endMs }) => ({
      kind: `band ${number % 2 === 0 ? "even" : "odd"}`,
      fromMs: startMs,
      toMs: endMs,
    })),
    ...runs.flatMap(({ rollback, endedAtMs }) =>
      rollback ? [{ kind: "back-band", fromMs: rollback.atMs, toMs: endedAtMs ?? durationMs }] : [],
    ),
    // A fault can be on for the whole time, and must not hide what it does.
    ...faults
      .filter(({ toMs }) => toMs === null || toMs >= 0)
      .map(({ fromMs, toMs }) => ({ kind: "fault-band", fromMs, toMs: toMs ?? durationMs, isLine: true })),
    ...runs
      .flatMap(({ steps }) => steps)
      .filter(({ name }) => name === "cutover")
      .map(({ startedAtMs, endedAtMs }) => ({
        kind: "cutover-band",
        fromMs: startedAtMs,
        toMs: endedAtMs ?? durationMs,
      })),
  ];
}

interface RunSpan {
  /** From 1. */
  number: number;
  services: string[];
  startMs: number;
  endMs: number;
}

/** The time of each run; empty with a single run, which needs no number. */
export function runSpans({ runs, durationMs }: PageModel): RunSpan[] {
  if (runs.length < 2) return [];
  return runs.map(({ asked, startedAtMs, endedAtMs }, index) => ({
    number: index + 1,
    services: Object.keys(asked),
    startMs: startedAtMs,
    endMs: endedAtMs ?? durationMs,
  }));
}
