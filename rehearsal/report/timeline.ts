import type { Colour } from "../../components/core/colour-name";
import { WORKER } from "../traffic/streams";
import { inTableOrder, type StreamName } from "../traffic/types";
import { type Bin, binSamples, binWidthMs } from "./bins";
import { type InstanceCount, instanceCounts } from "./instance-counts";
import { colourOfAnswers, firstColour } from "./release-colour";
import { firstRequestAtMs, lastAnswerAtMs, type TrafficSamples } from "./samples";
import type { RehearsalRecord } from "./types";
import { binWork, type WorkBin } from "./work-bins";

/** The data of the traffic charts, beside the page's model. Times are milliseconds from the first request. */
export interface Timeline {
  durationMs: number;
  /** Whether the record says which colour had which release and instance: not that of disturbed runs. */
  hasColours: boolean;
  services: string[];
  /** The services that clients send requests to, each with its classes of clients. */
  apis: { service: string; streams: StreamName[] }[];
  binMs: number;
  bins: Bin[];
  /** Wider bins, for percentiles and for the table behind the charts, which need many requests each. */
  wideBinMs: number;
  wideBins: Bin[];
  /** Bins of the same width as `bins`; null when no service called another one or gave it jobs. */
  work: WorkBin[] | null;
  /** By service and colour. */
  instances: Record<string, Record<Colour, InstanceCount[]>>;
}

/** More bins would be finer than the pixels of a phone. */
const MOST_BINS = 240;
/** Percentiles of few requests are noise, and nobody reads hundreds of rows. */
const MOST_WIDE_BINS = 60;

export type TimelineRecord = Pick<
  RehearsalRecord,
  "streams" | "releases" | "deploys" | "logs" | "cloud" | "settings" | "disturbed"
>;

/** @param hasWork false while the services' logs are not read */
export function timelineOf(
  record: TimelineRecord,
  samples: TrafficSamples,
  { hasWork }: { hasWork: boolean },
): Timeline {
  const { services } = record.settings;
  const firstRequestMs = firstRequestAtMs(samples.requests);
  const lastAnswerMs = Math.round(lastAnswerAtMs(samples.requests) - firstRequestMs);
  const hasJobs = hasWork && services.includes(WORKER);
  const durationMs = Math.max(lastAnswerMs, hasJobs ? lastJobMs(record, firstRequestMs) : 0);
  const [binMs, wideBinMs] = [binWidthMs(durationMs, MOST_BINS), binWidthMs(durationMs, MOST_WIDE_BINS)];
  const settings = {
    durationMs,
    streams: record.streams,
    colourOfAnswer: colourOfAnswers(record),
    firstColours: Object.fromEntries(services.map((service) => [service, firstColour(record, service)])),
  };
  return {
    durationMs: Math.max(1, durationMs),
    hasColours: record.disturbed === undefined,
    services,
    apis: apisOf(record),
    binMs,
    bins: binSamples(samples, { ...settings, widthMs: binMs }),
    wideBinMs,
    wideBins: binSamples(samples, { ...settings, widthMs: wideBinMs }),
    work: hasWork
      ? binWork(record.logs, { widthMs: binMs, durationMs, firstRequestMs, calledIds: calledIds(samples) })
      : null,
    instances: instanceCounts(record.cloud, services, firstRequestMs),
  };
}

function apisOf({ streams }: Pick<RehearsalRecord, "streams">): Timeline["apis"] {
  const services = [...new Set(streams.map(({ service }) => service))];
  return services.map((service) => ({
    service,
    streams: inTableOrder(streams.filter((stream) => stream.service === service).map(({ name }) => name)),
  }));
}

/** Milliseconds of the last job that was done: the worker goes on for a moment after the last answer. */
function lastJobMs({ logs }: Pick<RehearsalRecord, "logs">, firstRequestMs: number): number {
  return logs.jobsDone.reduce((last, { atMs }) => Math.max(last, Math.ceil((atMs ?? 0) - firstRequestMs)), 0);
}

function calledIds({ requests }: TrafficSamples): Set<string> {
  return new Set(requests.flatMap(({ stream, postId }) => (stream === "internal" && postId !== "" ? [postId] : [])));
}
