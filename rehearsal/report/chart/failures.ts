import { scaleLinear } from "d3-scale";
import { drawChart, type Frame, gutterLabel } from "../../../automation/page/kit/chart/frame";
import { count, counted, round } from "../../../automation/page/kit/format";
import { html, type Markup } from "../../../automation/page/kit/markup";
import { failuresOf, rateOf } from "../bins";
import type { Timeline } from "../timeline";

const HEIGHT_PX = 64;
const EMPTY_HEIGHT_PX = 30;
const TOP_PX = 8;

/** Draws the failed requests per second, or the word "none". */
export function drawFailures(frame: Frame, timeline: Timeline): Markup {
  const { bins, binMs } = timeline;
  const rates = bins.map((bin) => rateOf(bin, failuresOf(bin)));
  const most = Math.max(0, ...rates);
  const total = bins.reduce((sum, bin) => sum + failuresOf(bin), 0);
  const text = {
    id: "failures",
    title: "Failed requests per second",
    description: `${counted(total, "request")} failed.`,
  };
  if (total === 0) {
    const none = html`<text class="note" x="${frame.left + 8}" y="${EMPTY_HEIGHT_PX / 2}" dy="0.35em">none</text>`;
    return drawChart(frame, text, EMPTY_HEIGHT_PX, none);
  }
  const y = scaleLinear([0, most], [HEIGHT_PX, TOP_PX]);
  const width = Math.max(1.5, frame.x(binMs) - frame.x(0));
  const bars = rates.flatMap((rate, index) =>
    rate === 0
      ? []
      : [
          html`<rect class="area failed" x="${round(frame.x(bins[index]!.atMs))}" y="${round(y(rate))}" width="${round(width)}" height="${round(HEIGHT_PX - y(rate))}"/>`,
        ],
  );
  return drawChart(frame, text, HEIGHT_PX, [gutterLabel(frame, TOP_PX, count(Math.round(most))), ...bars]);
}
