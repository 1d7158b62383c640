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
  /** For what needs many requests a bin: percentiles, and the table behind the charts. */
  wideBinMs: number;
  wideBins: Bin[];
  steps: RehearsalReport["steps"];
  instances: Record<Colour, InstanceCount[]>;
}

/** More would be finer than the pixels of a phone and heavier than the eye needs. */
const MOST_BINS = 240;
/** Percentiles of few requests jump about, and nobody reads hundreds of rows. */
const MOST_WIDE_BINS = 60;

export function timelineOf(
  record: Omit<RehearsalRecord, "trafficFile">,
  samples: TrafficSamples,
  report: RehearsalReport,
): Timeline {
  const { durationMs } = report;
  const [binMs, wideBinMs] = [binWidthMs(durationMs, MOST_BINS), binWidthMs(durationMs, MOST_WIDE_BINS)];
  const settings = { durationMs, colourOfAnswer: colourOfAnswers(record), firstColour: report.colours[0] ?? "blue" };
  return {
    durationMs: Math.max(1, durationMs, ...report.steps.map((step) => step.endedAtMs)),
    binMs,
    bins: binSamples(samples, { ...settings, widthMs: binMs }),
    wideBinMs,
    wideBins: binSamples(samples, { ...settings, widthMs: wideBinMs }),
    steps: report.steps,
    instances: instanceCounts(record.cloud, firstRequestAtMs(samples.requests)),
  };
}
