import { STEP_NAMES } from "../../../automation/events";
import { html, type Markup } from "../page/markup";
import type { RehearsalReport } from "../types";
import { deploySpans, drawChart, type Frame, formatSeconds, gutterLabel } from "./frame";

type Step = RehearsalReport["steps"][number];

const ROW_PX = 22;
const BAR_PX = 12;
const DEPLOY_ROW_PX = 18;
const LABEL_PX = 44;
const PX_PER_LETTER = 6;
/** With more deploys there is no room for a duration at each bar; the table has them all. */
const MOST_LABELLED_DEPLOYS = 1;

/** A row for each step, a bar for each time that it ran. */
export function drawSteps(frame: Frame): Markup {
  const { steps } = frame.timeline;
  const names = STEP_NAMES.filter((name) => steps.some((step) => step.name === name));
  const top = deploySpans(frame.timeline).length > 0 ? DEPLOY_ROW_PX : 4;
  const rows = names.map((name, row) => {
    const y = top + row * ROW_PX + ROW_PX / 2;
    const bars = steps.filter((step) => step.name === name).map((step) => drawBar(frame, step, y));
    return html`${gutterLabel(frame, y, name)}<line class="row" x1="${frame.left}" x2="${frame.right}" y1="${y}" y2="${y}"/>${bars}`;
  });
  const text = { id: "steps", title: "Steps of the deploy", description: describe(steps) };
  return drawChart(frame, text, top + names.length * ROW_PX + 4, [...deployNumbers(frame), ...rows]);
}

function drawBar(frame: Frame, step: Step, y: number): Markup {
  const start = frame.x(step.startedAtMs);
  const width = Math.max(2, frame.x(step.endedAtMs) - start);
  const duration = formatSeconds(step.endedAtMs - step.startedAtMs);
  const kind = step.ok ? (step.name === "cutover" ? "bar cutover" : "bar") : "bar failed";
  const bar = html`<rect class="${kind}" x="${start}" y="${y - BAR_PX / 2}" width="${width}" height="${BAR_PX}" rx="2"><title>${step.name}: ${duration}${step.detail === "" ? "" : `, ${step.detail}`}</title></rect>`;
  if (frame.timeline.steps.at(-1)!.deploy > MOST_LABELLED_DEPLOYS && step.ok) return bar;
  const isRight = start + width + LABEL_PX < frame.right;
  const label = step.ok ? duration : `✘ ${duration}`;
  return html`${bar}<text class="duration" x="${isRight ? start + width + 5 : start - 5}" y="${y}" dy="0.34em" text-anchor="${isRight ? "start" : "end"}">${label}</text>`;
}

function deployNumbers(frame: Frame): Markup[] {
  return deploySpans(frame.timeline).map(({ deploy, services, startMs, endMs }) => {
    const long = `${deploy} ${services.join(", ")}`;
    const isRoomy =
      frame.timeline.services.length > 1 && frame.x(endMs) - frame.x(startMs) > long.length * PX_PER_LETTER;
    return html`<text class="deploy-number" x="${frame.x((startMs + endMs) / 2)}" y="12" text-anchor="middle">${isRoomy ? long : deploy}</text>`;
  });
}

function describe(steps: readonly Step[]): string {
  const parts = steps
    .slice(0, STEP_NAMES.length)
    .map((step) => `${step.name} ${formatSeconds(step.endedAtMs - step.startedAtMs)}`);
  return `${parts.join(", ")}${steps.length > parts.length ? ", and so on for each deploy" : ""}.`;
}
