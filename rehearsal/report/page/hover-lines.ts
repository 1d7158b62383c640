import { COLOURS } from "../../../components/core/colour-name";
import { answersOf, type Bin, failuresOf, rateOf } from "../bins";
import { runningAt } from "../instance-counts";
import type { Timeline } from "../timeline";

/** The lines that hover.js shows for each bin. */
export function hoverLines(timeline: Timeline): string[][] {
  return timeline.bins.map((bin, index) => [
    ...requestLines(bin, timeline),
    ...workLines(timeline, index),
    ...(timeline.hasColours ? instanceLines(bin, timeline) : []),
  ]);
}

function requestLines(bin: Bin, timeline: Timeline): string[] {
  const apis = timeline.hasColours ? timeline.apis : [];
  const rates = apis.map(({ service, streams }) => {
    const [blue, green] = COLOURS.map((colour) => rateOf(bin, answersOf(bin, colour, streams)));
    return `${nameOf(service, timeline)}Blue ${Math.round(blue!)} /s · Green ${Math.round(green!)} /s`;
  });
  const latency = bin.p50Ms === null ? [] : [`p50 ${tenths(bin.p50Ms)} ms · p99 ${tenths(bin.p99Ms ?? 0)} ms`];
  return [...rates, `failed ${failuresOf(bin)}`, ...latency];
}

function workLines({ work }: Timeline, index: number): string[] {
  const bin = work?.[index];
  return bin ? [`calls failed ${bin.calls.failed} · jobs waiting ${bin.jobsWaiting}`] : [];
}

function instanceLines(bin: Bin, timeline: Timeline): string[] {
  const counts = timeline.services.map((service) => {
    const { blue, green } = timeline.instances[service]!;
    return `${nameOf(service, timeline)}${runningAt(blue, bin.atMs)} / ${runningAt(green, bin.atMs)}`;
  });
  return [`instances ${counts.join(" · ")}`];
}

function nameOf(service: string, { services }: Timeline): string {
  return services.length > 1 ? `${service} ` : "";
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
