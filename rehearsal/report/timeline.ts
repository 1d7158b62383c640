import type { Colour } from "../../components/colour-name";
import { type Bin, binSamples, binWidthMs } from "./bins";
import { type InstanceCount, instanceCounts } from "./instance-counts";
import { colourOfAnswers } from "./release-colour";
import { firstRequestAtMs, type TrafficSamples } from "./samples";
import type { RehearsalRecord, RehearsalReport } from "./types";

/** What the charts show. Times are milliseconds from the first request. */
export interface Timeline {
  durationMs: number;
  binMs: number;
  bins: Bin[];
  steps: RehearsalReport["steps"];
  instances: Record<Colour, InstanceCount[]>;
}

/** More would be finer than the pixels of a phone and heavier than the eye needs. */
const MOST_BINS = 240;

export function timelineOf(
  record: Omit<RehearsalRecord, "trafficFile">,
  samples: TrafficSamples,
  report: RehearsalReport,
  mostBins = MOST_BINS,
): Timeline {
  const durationMs = Math.max(1, report.durationMs, ...report.steps.map((step) => step.endedAtMs));
  const widthMs = binWidthMs(report.durationMs, mostBins);
  return {
    durationMs,
    binMs: widthMs,
    bins: binSamples(samples, {
      widthMs,
      durationMs: report.durationMs,
      colourOfAnswer: colourOfAnswers(record),
      firstColour: report.colours[0] ?? "blue",
    }),
    steps: report.steps,
    instances: instanceCounts(record.cloud, firstRequestAtMs(samples.requests)),
  };
}
