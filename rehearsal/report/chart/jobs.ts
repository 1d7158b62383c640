import { scaleLinear } from "d3-scale";
import { area, curveStepAfter, line } from "d3-shape";
import { drawChart, type Frame, gutterLabel } from "../../../automation/page/kit/chart/frame";
import { count, counted, round } from "../../../automation/page/kit/format";
import { html, type Markup } from "../../../automation/page/kit/markup";
import type { WorkBin } from "../work-bins";
import { rateGrid } from "./answers";
import { drawStack, type Layer, mostOf } from "./stack";

const STACK_PX = 96;
const TOP_PX = 4;
const GAP_PX = 16;
const LANE_PX = 34;
const HEADROOM = 1.06;

/** Draws the jobs done per second by the worker's colour, a line for those sent, and below how many wait. */
export function drawJobs(frame: Frame, work: readonly WorkBin[]): Markup {
  const rate = (bin: WorkBin, jobs: number) => (jobs * 1000) / bin.widthMs;
  const layers = work.map((bin): Layer => {
    const { atMs, widthMs, jobsDone } = bin;
    return { atMs, endMs: atMs + widthMs, blue: rate(bin, jobsDone.blue), green: rate(bin, jobsDone.green), failed: 0 };
  });
  const most = HEADROOM * Math.max(mostOf(layers), ...work.map((bin) => rate(bin, bin.jobsSent)));
  const box = { top: TOP_PX, height: STACK_PX - TOP_PX };
  const y = scaleLinear([0, most], [STACK_PX, TOP_PX]);
  const sent = line<WorkBin>()
    .x((bin) => round(frame.x(bin.atMs + bin.widthMs / 2)))
    .y((bin) => round(y(rate(bin, bin.jobsSent))));
  const mostWaiting = Math.max(0, ...work.map(({ jobsWaiting }) => jobsWaiting));
  const text = {
    id: "jobs",
    title: "Jobs per second, and jobs that wait",
    description: `Done by the worker's colour, and sent. At most ${counted(mostWaiting, "job")} waited.`,
  };
  return drawChart(frame, text, STACK_PX + GAP_PX + LANE_PX, [
    drawStack(frame, layers, { ...box, most }),
    ...rateGrid(frame, most, box),
    html`<path class="sent" d="${sent(work) ?? ""}"/>`,
    ...drawWaiting(frame, work, mostWaiting),
  ]);
}

function drawWaiting(frame: Frame, work: readonly WorkBin[], most: number): Markup[] {
  const top = STACK_PX + GAP_PX;
  const bottom = top + LANE_PX;
  const y = scaleLinear([0, Math.max(1, most)], [bottom, top]);
  const shape = area<WorkBin>()
    .x((bin) => round(frame.x(bin.atMs)))
    .y0(bottom)
    .y1((bin) => round(y(bin.jobsWaiting)))
    .curve(curveStepAfter);
  return [
    html`<line class="base" x1="${frame.left}" x2="${frame.right}" y1="${STACK_PX}" y2="${STACK_PX}"/>`,
    gutterLabel(frame, top + LANE_PX / 2, "waiting"),
    html`<path class="area waiting" d="${shape(work) ?? ""}"/>`,
    html`<text class="note" x="${frame.right}" y="${top - 3}" text-anchor="end">at most ${count(most)}</text>`,
  ];
}
