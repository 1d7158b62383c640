import { Markup } from "../kit/markup";
import type { PageModel } from "./model";

/**
 * What hover.js shows at a point in time: the step, and the lines of its slice of time.
 * @param lines for each slice of `binMs`, from the beginning
 */
export function hoverData({ durationMs, runs }: PageModel, lines: readonly string[][] = [], binMs = 1): Markup {
  const steps = runs
    .flatMap((run) => run.steps)
    .map(({ name, startedAtMs, endedAtMs }) => [name, startedAtMs, endedAtMs ?? durationMs]);
  // "</script>" in a name would end the element.
  const json = JSON.stringify({ durationMs: Math.max(1, durationMs), binMs, lines, steps }).replaceAll("<", "\\u003c");
  return new Markup(`<script type="application/json" id="hover-data">${json}</script>`);
}
