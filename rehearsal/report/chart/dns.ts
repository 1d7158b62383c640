import { scaleLinear } from "d3-scale";
import { html, type Markup } from "../page/markup";
import { drawChart, type Frame } from "./frame";
import { drawLanes, LANES_PX } from "./lanes";
import { round } from "./stack";

/** How many DNS answers pointed clients at which colour's load balancer. */
export function drawDns(frame: Frame): Markup {
  const { bins, binMs } = frame.timeline;
  const most = Math.max(1, ...bins.flatMap(({ dns }) => [dns.blue, dns.green]));
  const width = Math.max(1.5, frame.x(binMs) - frame.x(0));
  const lanes = drawLanes(frame, ({ colour, top, bottom }) => {
    // By the root: the first resolution of all clients at once would otherwise leave nothing visible of the later ones.
    const y = scaleLinear([0, Math.sqrt(most)], [bottom, top]);
    return bins.flatMap((bin) => {
      if (bin.dns[colour] === 0) return [];
      const at = y(Math.sqrt(bin.dns[colour]));
      return [
        html`<rect class="area ${colour}" x="${round(frame.x(bin.atMs))}" y="${round(at)}" width="${round(width)}" height="${round(bottom - at)}"/>`,
      ];
    });
  });
  const text = {
    id: "dns",
    title: "DNS answers by colour",
    description: "When clients asked for the production name, and which colour's load balancer the answer pointed at.",
  };
  return drawChart(frame, text, LANES_PX, lanes);
}
