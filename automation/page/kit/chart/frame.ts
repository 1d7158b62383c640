import { type ScaleLinear, scaleLinear } from "d3-scale";
import type { PageModel } from "../../deploy/model";
import { html, type Markup } from "../markup";

/** The part of a chart that all of them share: the time axis, and what marks runs, cutovers, faults and ways back on it. */
export interface Frame {
  model: PageModel;
  /** Of the whole drawing, px. Text is not scaled: there is one drawing for each class of screens. */
  width: number;
  /** Where the plot begins and ends, px. */
  left: number;
  right: number;
  /** Milliseconds of the model to px. */
  x: ScaleLinear<number, number>;
}

export interface ChartText {
  /** Unique in the page. */
  id: string;
  title: string;
  /** What the chart shows, for those who do not see it. */
  description: string;
}

const GUTTER_PX = { narrow: 70, wide: 78 };
const NARROW_PX = 500;
const AXIS_PX = 20;
const PX_PER_TICK = 84;
const MARK_PX = 1.5;
/** A line at the top: a fault can be on for the whole time, and must not hide what it does. */
const FAULT_PX = 3;

export function createFrame(model: PageModel, width: number): Frame {
  const left = width < NARROW_PX ? GUTTER_PX.narrow : GUTTER_PX.wide;
  const right = width - 10;
  return { model, width, left, right, x: scaleLinear([0, Math.max(1, model.durationMs)], [left, right]).clamp(true) };
}

/** A drawing with the time axis below `height` px of `content`. */
export function drawChart(frame: Frame, text: ChartText, height: number, content: Markup | Markup[]): Markup {
  const { width, left, right } = frame;
  const id = `${text.id}-${width}`;
  return html`<svg class="chart" viewBox="0 0 ${width} ${height + AXIS_PX}" role="img" aria-labelledby="${id}-t ${id}-d" data-left="${left}" data-right="${right}">
<title id="${id}-t">${text.title}</title><desc id="${id}-d">${text.description}</desc>
${background(frame, height)}
${content}
${timeAxis(frame, height)}
<line class="cursor" y1="0" y2="${height}" x1="-9" x2="-9"/></svg>`;
}

/** Right-aligned in the gutter. */
export function gutterLabel(frame: Frame, y: number, label: string): Markup {
  return html`<text class="gutter" x="${frame.left - 8}" y="${y}" dy="0.32em">${label}</text>`;
}

function background(frame: Frame, height: number): Markup[] {
  const { model, left, right } = frame;
  const band = (kind: string, fromMs: number, toMs: number) => drawBand(frame, height, kind, fromMs, toMs);
  const runs = runSpans(model).map(({ number, startMs, endMs }) =>
    band(`band ${number % 2 === 0 ? "even" : "odd"}`, startMs, endMs),
  );
  const back = model.runs.flatMap(({ turned, endedAtMs }) =>
    turned ? [band("back-band", turned.atMs, endedAtMs ?? model.durationMs)] : [],
  );
  const faults = model.faults
    .filter(({ toMs }) => toMs === null || toMs >= 0)
    .map(({ fromMs, toMs }) => drawBand(frame, FAULT_PX, "fault-band", fromMs, toMs ?? model.durationMs));
  const cutovers = model.runs
    .flatMap(({ steps }) => steps)
    .filter(({ name }) => name === "cutover")
    .map(({ startedAtMs, endedAtMs }) => band("cutover-band", startedAtMs, endedAtMs ?? model.durationMs));
  const base = html`<line class="base" x1="${left}" x2="${right}" y1="${height}" y2="${height}"/>`;
  return [...runs, ...back, ...faults, ...cutovers, base];
}

function drawBand({ x }: Frame, height: number, kind: string, fromMs: number, toMs: number): Markup {
  const start = x(fromMs);
  return html`<rect class="${kind}" x="${start}" width="${Math.max(MARK_PX, x(toMs) - start)}" y="0" height="${height}"/>`;
}

interface RunSpan {
  /** From 1. */
  number: number;
  services: string[];
  startMs: number;
  endMs: number;
}

/** Only told apart when there are several runs. */
export function runSpans({ runs, durationMs }: PageModel): RunSpan[] {
  if (runs.length < 2) return [];
  return runs.map(({ asked, startedAtMs, endedAtMs }, index) => ({
    number: index + 1,
    services: Object.keys(asked),
    startMs: startedAtMs,
    endMs: endedAtMs ?? durationMs,
  }));
}

function timeAxis({ x, left, right, model }: Frame, height: number): Markup[] {
  const seconds = scaleLinear([0, Math.max(1, model.durationMs) / 1000], [left, right]);
  return seconds.ticks(Math.max(2, (right - left) / PX_PER_TICK)).map((second) => {
    const at = x(second * 1000);
    const anchor = at > right - 14 ? "end" : "middle";
    return html`<line class="tick" x1="${at}" x2="${at}" y1="${height}" y2="${height + 4}"/><text class="tick-label" x="${at}" y="${height + 15}" text-anchor="${anchor}">${tickLabel(second)}</text>`;
  });
}

function tickLabel(second: number): string {
  return `${Math.round(second * 10) / 10} s`;
}
