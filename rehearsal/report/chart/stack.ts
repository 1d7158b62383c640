import { type ScaleLinear, scaleLinear } from "d3-scale";
import { area, curveStepAfter } from "d3-shape";
import type { Frame } from "../../../automation/page/kit/chart/frame";
import { capitalised, round } from "../../../automation/page/kit/format";
import { html, type Markup } from "../../../automation/page/kit/markup";
import { COLOURS, type Colour } from "../../../components/core/colour-name";

/** The answers per second of one bin, by colour, and the failures. */
export type Layer = Record<Colour, number> & { failed: number; atMs: number; endMs: number };

export interface StackBox {
  top: number;
  height: number;
  /** Answers per second at the top edge. */
  most: number;
}

const NAME_PX = 54;
const NAME_HEIGHT_PX = 26;

/**
 * Draws Blue at the bottom, Green (hatched) above it and failures on top; each stretch of a colour has its name where
 * there is room.
 */
export function drawStack(frame: Frame, layers: readonly Layer[], box: StackBox): Markup {
  const y = scaleLinear([0, box.most], [box.top + box.height, box.top]);
  const closed = close(layers);
  const draw = (from: (layer: Layer) => number, to: (layer: Layer) => number) =>
    area<Layer>()
      .x((layer) => round(frame.x(layer.atMs)))
      .y0((layer) => round(y(from(layer))))
      .y1((layer) => round(y(to(layer))))
      .curve(curveStepAfter)(closed) ?? "";
  const total = (layer: Layer) => layer.blue + layer.green;
  return html`<path class="area blue" d="${draw(
    () => 0,
    (layer) => layer.blue,
  )}"/>
<path class="area green" d="${draw((layer) => layer.blue, total)}"/>
<path class="area failed" d="${draw(total, (layer) => total(layer) + layer.failed)}"/>
${box.height >= NAME_HEIGHT_PX ? COLOURS.flatMap((colour) => drawNames(frame, layers, colour, y)) : null}`;
}

/** The layers with an end for the last one, so that it has a width, too. */
function close(layers: readonly Layer[]): Layer[] {
  const last = layers.at(-1);
  return last ? [...layers, { ...last, atMs: last.endMs }] : [];
}

function drawNames(frame: Frame, layers: readonly Layer[], colour: Colour, y: ScaleLinear<number, number>): Markup[] {
  return runsOf(layers, colour).flatMap(({ startMs, endMs, rate }) => {
    const width = frame.x(endMs) - frame.x(startMs);
    if (width < NAME_PX || y(0) - y(rate) < 16) return [];
    return [
      html`<text class="name" x="${frame.x(startMs) + width / 2}" y="${y(rate / 2)}" dy="0.35em" text-anchor="middle">${capitalised(colour)}</text>`,
    ];
  });
}

/** Stretches in which `colour` gave most of the answers, with the mean rate. */
function runsOf(layers: readonly Layer[], colour: Colour): { startMs: number; endMs: number; rate: number }[] {
  const runs: { startMs: number; endMs: number; rates: number[] }[] = [];
  for (const layer of layers) {
    if (layer[colour] * 2 <= layer.blue + layer.green) continue;
    const run = runs.at(-1);
    if (run?.endMs === layer.atMs) {
      run.endMs = layer.endMs;
      run.rates.push(layer[colour]);
    } else runs.push({ startMs: layer.atMs, endMs: layer.endMs, rates: [layer[colour]] });
  }
  return runs.map(({ startMs, endMs, rates }) => ({
    startMs,
    endMs,
    rate: rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
  }));
}

/** The height of the highest stack, at least 1. */
export function mostOf(layers: readonly Layer[]): number {
  return Math.max(1, ...layers.map(({ blue, green, failed }) => blue + green + failed));
}
