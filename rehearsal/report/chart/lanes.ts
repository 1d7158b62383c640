import { COLOURS, type Colour } from "../../../components/colour-name";
import { capitalised } from "../headline";
import { html, type Markup } from "../page/markup";
import { type Frame, gutterLabel } from "./frame";

const LANE_PX = 28;
const GAP_PX = 8;

export const LANES_PX = GAP_PX + COLOURS.length * (LANE_PX + GAP_PX);

/** Where one colour's lane lies, px from the top. */
export interface Lane {
  colour: Colour;
  top: number;
  bottom: number;
}

/** A named lane for each colour, Blue above Green: position tells them apart where hue does not. */
export function drawLanes(frame: Frame, draw: (lane: Lane) => Markup[]): Markup[] {
  return COLOURS.flatMap((colour, row) => {
    const top = GAP_PX + row * (LANE_PX + GAP_PX);
    const lane = { colour, top, bottom: top + LANE_PX };
    return [
      gutterLabel(frame, top + LANE_PX / 2, capitalised(colour)),
      html`<line class="row" x1="${frame.left}" x2="${frame.right}" y1="${lane.bottom}" y2="${lane.bottom}"/>`,
      ...draw(lane),
    ];
  });
}
