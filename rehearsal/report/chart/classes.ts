import { drawChart, type Frame, gutterLabel } from "../../../automation/page/kit/chart/frame";
import type { Markup } from "../../../automation/page/kit/markup";
import { isOfService } from "../../traffic/types";
import { rateOf } from "../bins";
import type { Timeline } from "../timeline";
import { drawStack, type Layer, mostOf } from "./stack";

const STRIP_PX = 28;
const GAP_PX = 8;

/**
 * Draws the answers per second to each class of clients of one service, by colour, which shows how each class changes
 * over.
 */
export function drawClasses(frame: Frame, timeline: Timeline, { service, streams }: Timeline["apis"][number]): Markup {
  const { bins } = timeline;
  const strips = streams.map((name, row) => {
    const layers: Layer[] = bins.map((bin) => {
      const { blue, green, failed } = bin.classes[name]!;
      const rates = { blue: rateOf(bin, blue), green: rateOf(bin, green), failed: rateOf(bin, failed) };
      return { atMs: bin.atMs, endMs: bin.atMs + bin.widthMs, ...rates };
    });
    const top = GAP_PX + row * (STRIP_PX + GAP_PX);
    const stack = drawStack(frame, layers, { top, height: STRIP_PX, most: mostOf(layers) });
    return [gutterLabel(frame, top + STRIP_PX / 2, isOfService(name) ? name.split(" ").at(-1)! : name), stack];
  });
  const text = {
    id: `classes-${service}`,
    title: `Requests to ${service} per second by class of clients and colour`,
    description:
      "One strip for each class: honest clients follow DNS, sticky ones never resolve again, keepAlive ones keep their connections, http2 ones speak HTTP/2; hosts are the service's own; slow answers and uploads have strips of their own.",
  };
  return drawChart(frame, text, GAP_PX + streams.length * (STRIP_PX + GAP_PX), strips.flat());
}
