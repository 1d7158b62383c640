import { COLOURS, type Colour, other } from "../../components/core/colour-name";
import { type DnsSample, isOfService, isSlow, isToHosts, STREAM_NAMES, type StreamName } from "../traffic/types";
import { byKey } from "./by-key";
import { sum } from "./deploy-log";
import { quantileOf, sortedNumbers } from "./quantile";
import type { ColourOfAnswer } from "./release-colour";
import { answeredAtMs, firstRequestAtMs, type TrafficSamples } from "./samples";
import type { RehearsalRecord } from "./types";

/** Counts by colour. Failed answers may have a release, but count only as `failed`. */
export type ColourBin = Record<Colour, number> & { failed: number };

/** One slice of time; an answer belongs to the slice in which it was complete. */
export interface Bin {
  /** Milliseconds from the first request to the slice's start. */
  atMs: number;
  /** Milliseconds. The last slice may be shorter than the others. */
  widthMs: number;
  /** Answers to each class of clients. */
  classes: Record<StreamName, ColourBin>;
  /**
   * DNS answers to clients by the service that they asked for, and by the colour of the load balancer that they point
   * at.
   */
  dns: Record<string, Record<Colour, number>>;
  /** Milliseconds; null when nothing ended in this bin. */
  p50Ms: number | null;
  p99Ms: number | null;
}

const WIDTHS_MS = [200, 250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000];

/** The smallest width, in milliseconds, with at most `most` bins for this duration. */
export function binWidthMs(durationMs: number, most: number): number {
  return WIDTHS_MS.find((width) => durationMs / width <= most) ?? WIDTHS_MS.at(-1)!;
}

export interface BinSettings {
  widthMs: number;
  durationMs: number;
  streams: RehearsalRecord["streams"];
  colourOfAnswer: ColourOfAnswer;
  /** By service, the colour that was active before the first deploy: the first DNS answer points at it. */
  firstColours: Record<string, Colour>;
}

export function binSamples({ requests, dns }: TrafficSamples, settings: BinSettings): Bin[] {
  const firstMs = firstRequestAtMs(requests);
  const serviceOf = new Map(settings.streams.map(({ name, service }) => [name, service]));
  const services = [...new Set(serviceOf.values())];
  const bins = Array.from({ length: Math.ceil(settings.durationMs / settings.widthMs) }, (_, index) =>
    emptyBin(index * settings.widthMs, services, settings),
  );
  const binAt = (unixMs: number) => bins[Math.floor((unixMs - firstMs) / settings.widthMs)];
  const latencies = bins.map((): number[] => []);
  for (const request of requests) {
    const at = answeredAtMs(request);
    const bin = binAt(at);
    if (!bin) continue;
    if (!isSlow(request.stream)) latencies[Math.floor((at - firstMs) / settings.widthMs)]!.push(request.latencyMs);
    const colour = settings.colourOfAnswer(serviceOf.get(request.stream) ?? "", request.release, at);
    if (request.error !== "") bin.classes[request.stream]!.failed += 1;
    else if (colour) bin.classes[request.stream]![colour] += 1;
  }
  for (const service of services) {
    // The record of a host that services share follows only one of them.
    const asked = dns.filter(({ stream }) => serviceOf.get(stream) === service && !isToHosts(stream));
    const colourOfAddress = colourOfAddresses(asked, settings.firstColours[service] ?? "blue");
    for (const { atMs, addresses } of asked) {
      const colour = colourOfAddress(addresses);
      const bin = binAt(atMs) ?? bins[0];
      if (colour && bin) bin.dns[service]![colour] += 1;
    }
  }
  bins.forEach((bin, index) => {
    const sorted = sortedNumbers(latencies[index]!);
    if (sorted.length === 0) return;
    bin.p50Ms = quantileOf(sorted, 0.5);
    bin.p99Ms = quantileOf(sorted, 0.99);
  });
  return withoutStub(bins, settings);
}

/** A count of a bin as a rate per second. */
export function rateOf(bin: Bin, count: number): number {
  return (count * 1000) / bin.widthMs;
}

export function answersOf(bin: Bin, colour: Colour, streams = streamsIn(bin)): number {
  return sum(streams.map((name) => bin.classes[name]?.[colour] ?? 0));
}

export function failuresOf(bin: Bin, streams = streamsIn(bin)): number {
  return sum(streams.map((name) => bin.classes[name]?.failed ?? 0));
}

function streamsIn({ classes }: Bin): readonly StreamName[] {
  return Object.keys(classes) as StreamName[];
}

/** The bins without a last one of a few milliseconds, whose rate is noise; it stays if something failed in it. */
function withoutStub(bins: Bin[], { widthMs }: BinSettings): Bin[] {
  const last = bins.at(-1);
  const isStub = last && bins.length > 1 && last.widthMs < widthMs / 2 && failuresOf(last) === 0;
  return isStub ? bins.slice(0, -1) : bins;
}

/**
 * Tells the colour of addresses: an edge has two load balancers with addresses of their own, and the first answer is
 * the active one's.
 */
function colourOfAddresses(dns: readonly DnsSample[], first: Colour): (addresses: readonly string[]) => Colour | null {
  const firstAddresses = new Set(dns.find(({ addresses }) => addresses.length > 0)?.addresses);
  return (addresses) => {
    const [address] = addresses;
    if (address === undefined) return null;
    return firstAddresses.has(address) ? first : other(first);
  };
}

function emptyBin(atMs: number, services: readonly string[], { widthMs, durationMs, streams }: BinSettings): Bin {
  const names = [...STREAM_NAMES, ...streams.map(({ name }) => name).filter(isOfService)];
  return {
    atMs,
    widthMs: Math.min(widthMs, durationMs - atMs),
    classes: byKey(names, () => ({ blue: 0, green: 0, failed: 0 })),
    dns: byKey(services, () => byKey(COLOURS, () => 0)),
    p50Ms: null,
    p99Ms: null,
  };
}
