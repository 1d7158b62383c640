import { COLOURS } from "../../../../components/core/colour-name";
import { drawChart, type Frame, gutterLabel } from "../../kit/chart/frame";
import { capitalised, round } from "../../kit/format";
import { html, type Markup } from "../../kit/markup";
import type { PageModel, PageService } from "../model";

const STRIP_PX = 34;
const GAP_PX = 8;
const HEADING_PX = 18;
const NAME_PX = 54;

/** Share of production's requests that each colour got by the load balancers' weights, as a strip for each service. */
export function drawShares(frame: Frame, model: PageModel): Markup {
  const services = Object.entries(model.services).filter(([, { shares }]) => shares.length > 0);
  const heading = services.length > 1 ? HEADING_PX : 0;
  const strips = services.flatMap(([name, service], row) => {
    const top = GAP_PX + row * (STRIP_PX + GAP_PX + heading);
    const label = heading > 0 ? [html`<text class="group" x="0" y="${top + 11}">${name}</text>`] : [];
    return [...label, ...drawStrip(frame, service, top + heading)];
  });
  const text = {
    id: "shares",
    title: "Production's requests by weight",
    description: services.map(([name, service]) => describe(name, service)).join(" "),
  };
  return drawChart(frame, text, GAP_PX + services.length * (STRIP_PX + GAP_PX + heading), strips);
}

/** Blue below, Green above it. */
function drawStrip(frame: Frame, { shares }: PageService, top: number): Markup[] {
  const px = (percent: number) => round((percent / 100) * STRIP_PX);
  const pieces = shares.flatMap(({ atMs, percent }, index) => {
    const start = frame.x(atMs);
    const width = Math.max(0.5, frame.x(shares[index + 1]?.atMs ?? frame.durationMs) - start);
    return COLOURS.filter((colour) => percent[colour] > 0).flatMap((colour) => {
      const y =
        colour === "blue" ? top + STRIP_PX - px(percent.blue) : top + STRIP_PX - px(percent.blue + percent.green);
      const box = html`<rect class="area ${colour}" x="${round(start)}" y="${round(y)}" width="${round(width)}" height="${px(percent[colour])}"/>`;
      if (width < NAME_PX || px(percent[colour]) < 15) return [box];
      const name = percent[colour] === 100 ? capitalised(colour) : `${Math.round(percent[colour])} %`;
      return [
        box,
        html`<text class="name" x="${round(start + width / 2)}" y="${round(y + px(percent[colour]) / 2)}" dy="0.35em" text-anchor="middle">${name}</text>`,
      ];
    });
  });
  return [
    gutterLabel(frame, top + 4, "100 %"),
    gutterLabel(frame, top + STRIP_PX - 4, "0"),
    html`<line class="row" x1="${frame.left}" x2="${frame.right}" y1="${top + STRIP_PX}" y2="${top + STRIP_PX}"/>`,
    ...pieces,
  ];
}

function describe(name: string, { shares }: PageService): string {
  const green = shares.map(({ percent }) => `${Math.round(percent.green)} %`);
  return `${name}: Green got ${green.join(", then ")}.`;
}
