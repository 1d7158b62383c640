import { scaleLinear } from "d3-scale";
import { drawChart, type Frame } from "../../../automation/page/kit/chart/frame";
import { drawLanes, lanesHeight } from "../../../automation/page/kit/chart/lanes";
import { counted, round } from "../../../automation/page/kit/format";
import { html, type Markup } from "../../../automation/page/kit/markup";
import type { Timeline } from "../timeline";

const NUMBER_PX = 16;

/** Draws how many instances of each colour of each service ran, with the number where there is room. */
export function drawInstances(frame: Frame, timeline: Timeline): Markup {
  const { instances, durationMs, services } = timeline;
  const counts = services.flatMap((service) => Object.values(instances[service]!).flat());
  const most = Math.max(1, ...counts.map(({ running }) => running));
  const lanes = drawLanes(frame, services, ({ service, colour, top, bottom }) => {
    const y = scaleLinear([0, most], [bottom, top]);
    return instances[service]![colour].flatMap(({ atMs, running }, index, counts) => {
      if (running === 0 || atMs > durationMs) return [];
      const start = frame.x(atMs);
      const width = frame.x(Math.min(durationMs, counts[index + 1]?.atMs ?? durationMs)) - start;
      const bar = html`<rect class="area ${colour}" x="${round(start)}" y="${round(y(running))}" width="${round(Math.max(1, width))}" height="${round(bottom - y(running))}"/>`;
      const isRoomy = width >= NUMBER_PX && bottom - y(running) >= 13;
      const label = html`<text class="name" x="${round(start + width / 2)}" y="${round((bottom + y(running)) / 2)}" dy="0.35em" text-anchor="middle">${running}</text>`;
      return isRoomy ? [bar, label] : [bar];
    });
  });
  const text = {
    id: "instances",
    title: "Running instances by colour",
    description: `At most ${counted(most, "instance")} of one colour ran at a time.`,
  };
  return drawChart(frame, text, lanesHeight(services.length), lanes);
}
