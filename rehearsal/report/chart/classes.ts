import { CLIENT_CLASSES } from "../../traffic/types";
import { rateOf } from "../bins";
import type { Markup } from "../page/markup";
import { drawChart, type Frame, gutterLabel } from "./frame";
import { drawStack, type Layer } from "./stack";

const STRIP_PX = 28;
const GAP_PX = 8;

/** Answers per second of each class of clients, by colour: how each of them moves over. */
export function drawClasses(frame: Frame): Markup {
  const { bins } = frame.timeline;
  const strips = CLIENT_CLASSES.map((name, row) => {
    const layers: Layer[] = bins.map((bin) => {
      const { blue, green, failed } = bin.classes[name];
      const rates = { blue: rateOf(bin, blue), green: rateOf(bin, green), failed: rateOf(bin, failed) };
      return { atMs: bin.atMs, endMs: bin.atMs + bin.widthMs, ...rates };
    });
    const top = GAP_PX + row * (STRIP_PX + GAP_PX);
    const most = Math.max(1, ...layers.map(({ blue, green, failed }) => blue + green + failed));
    return [gutterLabel(frame, top + STRIP_PX / 2, name), drawStack(frame, layers, { top, height: STRIP_PX, most })];
  });
  const text = {
    id: "classes",
    title: "Requests per second by class of clients and colour",
    description:
      "One strip for each class: honest clients follow DNS, sticky ones never resolve again, keepAlive ones keep their connections.",
  };
  return drawChart(frame, text, GAP_PX + CLIENT_CLASSES.length * (STRIP_PX + GAP_PX), strips.flat());
}
