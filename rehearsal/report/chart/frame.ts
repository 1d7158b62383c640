import { type ScaleLinear, scaleLinear } from "d3-scale";
import { html, type Markup } from "../page/markup";
import type { Timeline } from "../timeline";

/** The part of a chart that all of them share: the time axis, and what marks deploys and cutovers on it. */
export interface Frame {
  timeline: Timeline;
  /** Of the whole drawing, px. Text is not scaled: there is one drawing for each class of screens. */
  width: number;
  /** Where the plot begins and ends, px. */
  left: number;
  right: number;
  /** Milliseconds from the first request to px. */
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

export function createFrame(timeline: Timeline, width: number): Frame {
  const left = width < NARROW_PX ? GUTTER_PX.narrow : GUTTER_PX.wide;
  const right = width - 10;
  return { timeline, width, left, right, x: scaleLinear([0, timeline.durationMs], [left, right]) };
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

/** With a space that does not break between number and unit. */
export function formatSeconds(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 99.95) return `${seconds.toFixed(1)}\u00a0s`;
  return `${Math.floor(seconds / 60)}:${String(Math.round(seconds % 60)).padStart(2, "0")}\u00a0min`;
}

function background({ timeline, x, left, right }: Frame, height: number): Markup[] {
  const bands = deploySpans(timeline).map(
    ({ deploy, startMs, endMs }) =>
      html`<rect class="band ${deploy % 2 === 0 ? "even" : "odd"}" x="${x(startMs)}" width="${x(endMs) - x(startMs)}" y="0" height="${height}"/>`,
  );
  const cutovers = timeline.steps
    .filter((step) => step.name === "cutover")
    .map(({ startedAtMs, endedAtMs }) => {
      const start = x(startedAtMs);
      return html`<rect class="cutover-band" x="${start}" width="${Math.max(1.5, x(endedAtMs) - start)}" y="0" height="${height}"/>`;
    });
  const base = html`<line class="base" x1="${left}" x2="${right}" y1="${height}" y2="${height}"/>`;
  return [...bands, ...cutovers, base];
}

interface DeploySpan {
  deploy: number;
  services: string[];
  startMs: number;
  endMs: number;
}

/** Only told apart when there are several deploys. */
export function deploySpans({ deploys }: Timeline): DeploySpan[] {
  if (deploys.length < 2) return [];
  return deploys.map(({ services, startedAtMs, endedAtMs }, index) => ({
    deploy: index + 1,
    services,
    startMs: startedAtMs,
    endMs: endedAtMs,
  }));
}

function timeAxis({ x, left, right, timeline }: Frame, height: number): Markup[] {
  const seconds = scaleLinear([0, timeline.durationMs / 1000], [left, right]);
  return seconds.ticks(Math.max(2, (right - left) / PX_PER_TICK)).map((second) => {
    const at = x(second * 1000);
    const anchor = at > right - 14 ? "end" : "middle";
    return html`<line class="tick" x1="${at}" x2="${at}" y1="${height}" y2="${height + 4}"/><text class="tick-label" x="${at}" y="${height + 15}" text-anchor="${anchor}">${tickLabel(second)}</text>`;
  });
}

function tickLabel(second: number): string {
  return second === 0 ? "0 s" : `${second} s`;
}
