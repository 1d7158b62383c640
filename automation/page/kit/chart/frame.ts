import { type ScaleLinear, scaleLinear } from "d3-scale";
import { html, type Markup } from "../markup";

/** What all charts of a page share: the time axis, and the stretches that are marked on it. */
export interface Frame {
  /** What the time axis spans, in milliseconds. */
  durationMs: number;
  marks: readonly Mark[];
  /** Width of the whole drawing, px. Text is not scaled: there is one drawing for each class of screens. */
  width: number;
  /** Where the plot begins and ends, px. */
  left: number;
  right: number;
  /** Milliseconds from the beginning to px. */
  x: ScaleLinear<number, number>;
}

/** A stretch of time that every chart marks in its background, times in milliseconds from the beginning. */
export interface Mark {
  /** Its class in charts.css. */
  kind: string;
  fromMs: number;
  toMs: number;
  /** A line at the top instead of the whole height. */
  isLine?: boolean;
}

export interface ChartText {
  /** Unique in the page. */
  id: string;
  title: string;
  /** What the chart shows, for screen readers. */
  description: string;
}

const GUTTER_PX = { narrow: 70, wide: 78 };
const NARROW_PX = 500;
const AXIS_PX = 20;
const PX_PER_TICK = 84;
const MARK_PX = 1.5;
const LINE_PX = 3;
const LEGEND = { blue: "Blue", green: "Green", failed: "failed", sent: "sent", p50: "p50", p99: "p99" };

export function createFrame({ durationMs, marks }: Pick<Frame, "durationMs" | "marks">, width: number): Frame {
  const left = width < NARROW_PX ? GUTTER_PX.narrow : GUTTER_PX.wide;
  const right = width - 10;
  const x = scaleLinear([0, Math.max(1, durationMs)], [left, right]).clamp(true);
  return { durationMs, marks, width, left, right, x };
}

/** An SVG drawing of `content`, `height` px high, with the time axis below it. */
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

/** A label in the gutter, aligned to the plot. */
export function gutterLabel(frame: Frame, y: number, label: string): Markup {
  return html`<text class="gutter" x="${frame.left - 8}" y="${y}" dy="0.32em">${label}</text>`;
}

/** Swatches with words, for the caption of a chart. */
export function legend(entries: readonly (keyof typeof LEGEND)[]): Markup {
  const items = entries.map((entry) => html`<span><i class="swatch ${entry}"></i>${LEGEND[entry]}</span>`);
  return html`<span class="legend">${items}</span>`;
}

function background({ marks, x, left, right }: Frame, height: number): Markup[] {
  const stretches = marks.map(({ kind, fromMs, toMs, isLine = false }) => {
    const start = x(fromMs);
    return html`<rect class="${kind}" x="${start}" width="${Math.max(MARK_PX, x(toMs) - start)}" y="0" height="${isLine ? LINE_PX : height}"/>`;
  });
  return [...stretches, html`<line class="base" x1="${left}" x2="${right}" y1="${height}" y2="${height}"/>`];
}

function timeAxis({ x, left, right, durationMs }: Frame, height: number): Markup[] {
  const seconds = scaleLinear([0, Math.max(1, durationMs) / 1000], [left, right]);
  return seconds.ticks(Math.max(2, (right - left) / PX_PER_TICK)).map((second) => {
    const at = x(second * 1000);
    const anchor = at > right - 14 ? "end" : "middle";
    return html`<line class="tick" x1="${at}" x2="${at}" y1="${height}" y2="${height + 4}"/><text class="tick-label" x="${at}" y="${height + 15}" text-anchor="${anchor}">${tickLabel(second)}</text>`;
  });
}

function tickLabel(second: number): string {
  return `${Math.round(second * 10) / 10} s`;
}
