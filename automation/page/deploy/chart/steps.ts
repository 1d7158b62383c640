import { STEP_NAMES } from "../../../deploy/steps";
import { drawChart, type Frame, gutterLabel, runSpans } from "../../kit/chart/frame";
import { formatSeconds } from "../../kit/format";
import { html, type Markup } from "../../kit/markup";
import type { PageModel, PageStep } from "../model";

const ROW_PX = 22;
const BAR_PX = 12;
const RUN_ROW_PX = 18;
const LABEL_PX = 44;
const PX_PER_LETTER = 6;
/** Of a ramp's bar that has room for its share. */
const SHARE_PX = 34;
/** With more runs there is no room for a duration at each bar; the table has them all. */
const MOST_LABELLED_RUNS = 1;

/** A row for each step, those to come too, and a bar for each time that it ran. */
export function drawSteps(frame: Frame): Markup {
  const { model } = frame;
  const steps = model.runs.flatMap((run) => run.steps);
  const known = new Set([...steps.map(({ name }) => name), ...toCome(model)]);
  const names = STEP_NAMES.filter((name) => known.has(name));
  const top = runSpans(model).length > 0 ? RUN_ROW_PX : 4;
  const rows = names.map((name, row) => {
    const y = top + row * ROW_PX + ROW_PX / 2;
    const bars = steps.filter((step) => step.name === name).map((step) => drawBar(frame, step, y));
    return html`${gutterLabel(frame, y, name)}<line class="row" x1="${frame.left}" x2="${frame.right}" y1="${y}" y2="${y}"/>${bars}`;
  });
  const text = { id: "steps", title: "Steps of the deploy", description: describe(steps, model) };
  return drawChart(frame, text, top + names.length * ROW_PX + 4, [...runNumbers(frame), ...rows]);
}

function toCome({ runs }: PageModel): string[] {
  const last = runs.at(-1);
  return last && !last.ended && !last.turned ? last.planned.map(({ step }) => step) : [];
}

function drawBar(frame: Frame, step: PageStep, y: number): Markup {
  const endMs = step.endedAtMs ?? frame.model.durationMs;
  const start = frame.x(step.startedAtMs);
  const width = Math.max(2, frame.x(endMs) - start);
  const duration = formatSeconds(endMs - step.startedAtMs);
  const bar = html`<rect class="${kindOf(step)}" x="${start}" y="${y - BAR_PX / 2}" width="${width}" height="${BAR_PX}" rx="2"><title>${step.name}: ${duration}${step.detail === "" ? "" : `, ${step.detail}`}</title></rect>`;
  if (step.share !== null && step.ok !== false) {
    const share = `${step.share}\u00a0%`;
    // One share's bar follows the other's: there is no room between them.
    return width < SHARE_PX
      ? html`${bar}${label(frame, share, start, width, y)}`
      : html`${bar}<text class="duration" x="${start + width / 2}" y="${y}" dy="0.34em" text-anchor="middle">${share}</text>`;
  }
  if (frame.model.runs.length > MOST_LABELLED_RUNS && step.ok !== false) return bar;
  const text = step.ok === false ? `✘ ${duration}` : duration;
  return html`${bar}${label(frame, text, start, width, y)}`;
}

function kindOf({ name, ok, isWayBack }: PageStep): string {
  if (ok === false) return "bar failed";
  if (ok === null) return "bar running";
  if (isWayBack) return "bar back";
  return name === "cutover" ? "bar cutover" : "bar";
}

function label(frame: Frame, text: string, start: number, width: number, y: number): Markup {
  const isRight = start + width + LABEL_PX < frame.right;
  return html`<text class="duration" x="${isRight ? start + width + 5 : start - 5}" y="${y}" dy="0.34em" text-anchor="${isRight ? "start" : "end"}">${text}</text>`;
}

function runNumbers(frame: Frame): Markup[] {
  const isLong = Object.keys(frame.model.services).length > 1;
  return runSpans(frame.model).map(({ number, services, startMs, endMs }) => {
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
