import { answersOf, failuresOf, rateOf } from "../bins";
import { runningAt } from "../instance-counts";
import type { Timeline } from "../timeline";
import { Markup } from "./markup";

/** What hover.js shows at a point in time: a row of numbers for each bin, in the order of `columns`. */
export function hoverData(timeline: Timeline): Markup {
  const rows = timeline.bins.map((bin) => [
    Math.round(rateOf(bin, answersOf(bin, "blue"))),
    Math.round(rateOf(bin, answersOf(bin, "green"))),
    failuresOf(bin),
    bin.p50Ms === null ? null : Math.round(bin.p50Ms * 10) / 10,
    bin.p99Ms === null ? null : Math.round(bin.p99Ms * 10) / 10,
    runningAt(timeline.instances.blue, bin.atMs),
    runningAt(timeline.instances.green, bin.atMs),
  ]);
  const steps = timeline.steps.map(({ name, startedAtMs, endedAtMs }) => [name, startedAtMs, endedAtMs]);
  const data = { durationMs: timeline.durationMs, binMs: timeline.binMs, rows, steps };
  // "</script>" in a name would end the element.
  const json = JSON.stringify(data).replaceAll("<", "\\u003c");
  return new Markup(`<script type="application/json" id="hover-data">${json}</script>`);
}
