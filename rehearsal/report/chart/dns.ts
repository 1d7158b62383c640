import { scaleLinear } from "d3-scale";
import { drawChart, type Frame } from "../../../automation/page/kit/chart/frame";
import { drawLanes, lanesHeight } from "../../../automation/page/kit/chart/lanes";
import { round } from "../../../automation/page/kit/format";
import { html, type Markup } from "../../../automation/page/kit/markup";
import type { Timeline } from "../timeline";

/** Draws how many DNS answers pointed clients at each colour's load balancer. */
export function drawDns(frame: Frame, timeline: Timeline): Markup {
  const { bins, binMs, apis } = timeline;
  const services = apis.map(({ service }) => service);
  const most = Math.max(
    1,
    ...bins.flatMap(({ dns }) => Object.values(dns).flatMap(({ blue, green }) => [blue, green])),
  );
  const width = Math.max(1.5, frame.x(binMs) - frame.x(0));
  const lanes = drawLanes(frame, services, ({ service, colour, top, bottom }) => {
    // On a scale of square roots: all clients resolve at the start, and later answers would be invisible beside that.
    const y = scaleLinear([0, Math.sqrt(most)], [bottom, top]);
    return bins.flatMap((bin) => {
      const answers = bin.dns[service]![colour];
      if (answers === 0) return [];
      const at = y(Math.sqrt(answers));
      return [
        html`<rect class="area ${colour}" x="${round(frame.x(bin.atMs))}" y="${round(at)}" width="${round(width)}" height="${round(bottom - at)}"/>`,
      ];
    });
  });
  const text = {
    id: "dns",
    title: "DNS answers by colour",
    description: "When clients asked for a production name, and which colour's load balancer the answer pointed at.",
  };
  return drawChart(frame, text, lanesHeight(services.length), lanes);
}
