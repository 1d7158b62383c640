import { scaleLinear } from "d3-scale";
import { drawChart, type Frame, gutterLabel } from "../../../automation/page/kit/chart/frame";
import { html, type Markup } from "../../../automation/page/kit/markup";
import { answersOf, failuresOf, rateOf } from "../bins";
import type { Timeline } from "../timeline";
import { drawStack, type Layer, mostOf } from "./stack";

const HEIGHT_PX = 150;
const TOP_PX = 4;
const HEADROOM = 1.06;

/** Draws the answers of one service per second, by the colour that gave them. */
export function drawAnswers(frame: Frame, timeline: Timeline, { service, streams }: Timeline["apis"][number]): Markup {
  const layers: Layer[] = timeline.bins.map((bin) => ({
    atMs: bin.atMs,
    endMs: bin.atMs + bin.widthMs,
    blue: rateOf(bin, answersOf(bin, "blue", streams)),
    green: rateOf(bin, answersOf(bin, "green", streams)),
    failed: rateOf(bin, failuresOf(bin, streams)),
  }));
  const most = HEADROOM * mostOf(layers);
  const text = {
    id: `answers-${service}`,
    title: `Requests to ${service} per second by colour`,
    description: describe(layers),
  };
  const stack = drawStack(frame, layers, { top: TOP_PX, height: HEIGHT_PX - TOP_PX, most });
  return drawChart(frame, text, HEIGHT_PX, [
    stack,
    ...rateGrid(frame, most, { top: TOP_PX, height: HEIGHT_PX - TOP_PX }),
  ]);
}

/** Draws horizontal lines with their rates in the gutter. */
export function rateGrid(frame: Frame, most: number, { top, height }: { top: number; height: number }): Markup[] {
  const y = scaleLinear([0, most], [top + height, top]);
  return y.ticks(3).map((rate) => {
    const line = html`<line class="grid" x1="${frame.left}" x2="${frame.right}" y1="${y(rate)}" y2="${y(rate)}"/>`;
    return html`${line}${gutterLabel(frame, y(rate), rate.toLocaleString("en-US"))}`;
  });
}

function describe(layers: readonly Layer[]): string {
  const firstOf = (colour: "blue" | "green") =>
    layers.find((layer) => layer[colour] > layer.blue + layer.green - layer[colour]);
  const tell = (colour: "blue" | "green") => {
    const first = firstOf(colour);
    return first
      ? `${colour} gives most answers from ${Math.round(first.atMs / 1000)} s on`
      : `${colour} never gives most answers`;
  };
  return `Of the two colours, ${tell("blue")} and ${tell("green")}.`;
}
