import { scaleLog } from "d3-scale";
import { area, line } from "d3-shape";
import { drawChart, type Frame, gutterLabel } from "../../../automation/page/kit/chart/frame";
import { count, round } from "../../../automation/page/kit/format";
import { html, type Markup } from "../../../automation/page/kit/markup";
import type { Bin } from "../bins";
import type { Timeline } from "../timeline";

const HEIGHT_PX = 120;
const TOP_PX = 10;
const DECADES = [0.1, 1, 10, 100, 1_000, 10_000, 100_000];

/** Draws the median and the 99th percentile of the latency, on a logarithmic scale. */
export function drawLatency(frame: Frame, timeline: Timeline): Markup {
  const { wideBins: bins, wideBinMs, durationMs } = timeline;
  const known = bins.filter((bin) => bin.p50Ms !== null && bin.p99Ms !== null);
  const lowest = Math.max(0.1, Math.min(...known.map((bin) => bin.p50Ms!), 1));
  const highest = Math.max(10, ...known.map((bin) => bin.p99Ms!));
  const y = scaleLog([lowest, highest], [HEIGHT_PX, TOP_PX]).clamp(true);
  const x = (bin: Bin) => round(frame.x(Math.min(bin.atMs + wideBinMs / 2, durationMs)));
  const isKnown = (bin: Bin) => bin.p50Ms !== null;
  const curve = (of: (bin: Bin) => number) =>
    line<Bin>()
      .defined(isKnown)
      .x(x)
      .y((bin) => round(y(of(bin))))(bins) ?? "";
  const between = area<Bin>()
    .defined(isKnown)
    .x(x)
    .y0((bin) => round(y(bin.p50Ms!)))
    .y1((bin) => round(y(bin.p99Ms!)));
  const grid = DECADES.filter((value) => value >= lowest && value <= highest).map((value) => {
    const at = y(value);
    return html`<line class="grid" x1="${frame.left}" x2="${frame.right}" y1="${at}" y2="${at}"/>${gutterLabel(frame, at, `${count(value)} ms`)}`;
  });
  const text = {
    id: "latency",
    title: "Latency, median and 99th percentile",
    description: `Logarithmic scale in milliseconds, counted from the instant at which each request was due. The highest 99th percentile of a slice of time was ${count(Math.round(highest))} ms.`,
  };
  return drawChart(frame, text, HEIGHT_PX, [
    ...grid,
    html`<path class="spread" d="${between(bins) ?? ""}"/><path class="p99" d="${curve((bin) => bin.p99Ms!)}"/><path class="p50" d="${curve((bin) => bin.p50Ms!)}"/>`,
  ]);
}
