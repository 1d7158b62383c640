import { STEP_NAMES } from "../../../deploy/steps";
import { drawChart, type Frame, gutterLabel } from "../../kit/chart/frame";
import { formatSeconds } from "../../kit/format";
import { html, type Markup } from "../../kit/markup";
import type { PageModel, PageStep } from "../model";
import { runSpans } from "./marks";

const ROW_PX = 22;
const BAR_PX = 12;
const RUN_ROW_PX = 18;
const GAP_PX = 5;
const PX_PER_LETTER = 6;
/** Shortest bar of a ramp that has room for its share. */
const SHARE_PX = 34;
/** With more runs there is no room for a duration beside each bar; the table has all of them. */
const MOST_LABELLED_RUNS = 1;

/** A row for each step that ran or is still to come, with a bar for each time that it ran. */
export function drawSteps(frame: Frame, model: PageModel): Markup {
  const steps = model.runs.flatMap((run) => run.steps);
  const known = new Set([...steps.map(({ name }) => name), ...plannedSteps(model)]);
  const names = STEP_NAMES.filter((name) => known.has(name));
  const top = runSpans(model).length > 0 ? RUN_ROW_PX : 4;
  const labelled = model.runs.length <= MOST_LABELLED_RUNS;
  const rows = names.map((name, row) => {
    const y = top + row * ROW_PX + ROW_PX / 2;
    const bars = steps.filter((step) => step.name === name).map((step) => drawBar(frame, step, y, labelled));
    return html`${gutterLabel(frame, y, name)}<line class="row" x1="${frame.left}" x2="${frame.right}" y1="${y}" y2="${y}"/>${bars}`;
  });
  const text = { id: "steps", title: "Steps of the deploy", description: describe(steps, model) };
  return drawChart(frame, text, top + names.length * ROW_PX + 4, [...runNumbers(frame, model), ...rows]);
}

function plannedSteps({ runs }: PageModel): string[] {
  const last = runs.at(-1);
  return last && !last.ended && !last.rollback ? last.planned.map(({ step }) => step) : [];
}

function drawBar(frame: Frame, step: PageStep, y: number, isLabelled: boolean): Markup {
  const endMs = step.endedAtMs ?? frame.durationMs;
  const start = frame.x(step.startedAtMs);
  const width = Math.max(2, frame.x(endMs) - start);
  const duration = formatSeconds(endMs - step.startedAtMs);
  const bar = html`<rect class="${kindOf(step)}" x="${start}" y="${y - BAR_PX / 2}" width="${width}" height="${BAR_PX}" rx="2"><title>${step.name}: ${duration}${step.detail === "" ? "" : `, ${step.detail}`}</title></rect>`;
  if (step.share !== null && step.ok !== false) {
    const share = `${step.share}\u00a0%`;
    // The bars of a ramp's shares follow each other: there is no room between them.
    return width < SHARE_PX
      ? html`${bar}${label(frame, share, start, width, y)}`
      : html`${bar}${insideLabel(share, start, width, y)}`;
  }
  if (!isLabelled && step.ok !== false) return bar;
  const text = step.ok === false ? `✘ ${duration}` : duration;
  return html`${bar}${label(frame, text, start, width, y)}`;
}

function kindOf({ name, ok, isRollback }: PageStep): string {
  if (ok === false) return "bar failed";
  if (ok === null) return "bar running";
  if (isRollback) return "bar back";
  return name === "cutover" ? "bar cutover" : "bar";
}

/** To the right of the bar, else to its left, else inside it: left of the plot are the steps' names. */
function label(frame: Frame, text: string, start: number, width: number, y: number): Markup {
  const room = GAP_PX + text.length * PX_PER_LETTER;
  if (start + width + room < frame.right) return labelAt(text, start + width + GAP_PX, y, "start");
  if (start - room > frame.left) return labelAt(text, start - GAP_PX, y, "end");
  return insideLabel(text, start, width, y);
}

function insideLabel(text: string, start: number, width: number, y: number): Markup {
  return labelAt(text, start + width / 2, y, "middle", "duration inside");
}

function labelAt(text: string, x: number, y: number, anchor: "start" | "middle" | "end", kind = "duration"): Markup {
  return html`<text class="${kind}" x="${x}" y="${y}" dy="0.34em" text-anchor="${anchor}">${text}</text>`;
}

function runNumbers(frame: Frame, model: PageModel): Markup[] {
  const isLong = Object.keys(model.services).length > 1;
  return runSpans(model).map(({ number, services, startMs, endMs }) => {
    const long = `${number} ${services.join(", ")}`;
    const isRoomy = isLong && frame.x(endMs) - frame.x(startMs) > long.length * PX_PER_LETTER;
    return html`<text class="run-number" x="${frame.x((startMs + endMs) / 2)}" y="12" text-anchor="middle">${isRoomy ? long : number}</text>`;
  });
}

function describe(steps: readonly PageStep[], { durationMs }: PageModel): string {
  if (steps.length === 0) return "No step has begun.";
  const parts = steps
    .slice(0, STEP_NAMES.length)
    .map(({ name, startedAtMs, endedAtMs }) => `${name} ${formatSeconds((endedAtMs ?? durationMs) - startedAtMs)}`);
  return `${parts.join(", ")}${steps.length > parts.length ? ", and so on" : ""}.`;
}
