import { COLOURS, type Colour } from "../../../../components/core/colour-name";
import { capitalised } from "../format";
import { html, type Markup } from "../markup";
import { type Frame, gutterLabel } from "./frame";

const LANE_PX = 28;
const GAP_PX = 8;
const HEADING_PX = 18;

/** Where one colour's lane of one service lies, px from the top. */
export interface Lane {
  service: string;
  colour: Colour;
  top: number;
  bottom: number;
}

/** Of the lanes of so many services. */
export function lanesHeight(services: number): number {
  return GAP_PX + services * (COLOURS.length * (LANE_PX + GAP_PX) + headingPx(services));
}

/** A named lane for each colour of each service, Blue above Green: position tells them apart where hue does not. */
export function drawLanes(frame: Frame, services: readonly string[], draw: (lane: Lane) => Markup[]): Markup[] {
  const heading = headingPx(services.length);
  return services.flatMap((service, group) => {
    const start = GAP_PX + group * (COLOURS.length * (LANE_PX + GAP_PX) + heading);
    const lanes = COLOURS.flatMap((colour, row) => {
      const top = start + heading + row * (LANE_PX + GAP_PX);
      const lane = { service, colour, top, bottom: top + LANE_PX };
      return [
        gutterLabel(frame, top + LANE_PX / 2, capitalised(colour)),
        html`<line class="row" x1="${frame.left}" x2="${frame.right}" y1="${lane.bottom}" y2="${lane.bottom}"/>`,
        ...draw(lane),
      ];
    });
    return heading === 0 ? lanes : [html`<text class="group" x="0" y="${start + 11}">${service}</text>`, ...lanes];
  });
}

/** One service alone needs no heading. */
function headingPx(services: number): number {
  return services > 1 ? HEADING_PX : 0;
}
