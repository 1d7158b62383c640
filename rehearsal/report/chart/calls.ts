import { drawChart, type Frame } from "../../../automation/page/kit/chart/frame";
import { counted } from "../../../automation/page/kit/format";
import type { Markup } from "../../../automation/page/kit/markup";
import type { WorkBin } from "../work-bins";
import { rateGrid } from "./answers";
import { drawStack, type Layer, mostOf } from "./stack";

const HEIGHT_PX = 96;
const TOP_PX = 4;
const HEADROOM = 1.06;

/**
 * Draws the calls between services per second that created something, by the callee's colour, and those that failed.
 */
export function drawCalls(frame: Frame, work: readonly WorkBin[]): Markup {
  const layers = work.map(({ atMs, widthMs, calls }): Layer => {
    const rate = (count: number) => (count * 1000) / widthMs;
    return {
      atMs,
      endMs: atMs + widthMs,
      blue: rate(calls.blue),
      green: rate(calls.green),
      failed: rate(calls.failed),
    };
  });
  const most = HEADROOM * mostOf(layers);
  const failed = work.reduce((sum, { calls }) => sum + calls.failed, 0);
  const text = {
    id: "calls",
    title: "Internal calls per second by the callee's colour",
    description: `POSTs only, as the callee logged them. ${counted(failed, "call")} failed.`,
  };
  const box = { top: TOP_PX, height: HEIGHT_PX - TOP_PX };
  return drawChart(frame, text, HEIGHT_PX, [drawStack(frame, layers, { ...box, most }), ...rateGrid(frame, most, box)]);
}
