import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { parseSampleLine } from "../traffic/sample-line";
import type { DnsSample, OpenStreamSample, RequestSample } from "../traffic/types";

/** What the traffic process recorded. */
export interface TrafficSamples {
  requests: RequestSample[];
  dns: DnsSample[];
  /** Absent where no page kept a stream open. */
  openStreams?: OpenStreamSample[];
}

/**
 * Reads the file line by line, because it can be larger than the longest string in Node. A last line that breaks off,
 * because the traffic process was killed, is left out.
 * @throws Error with the line's number when any other line is not JSON.
 */
export async function readSamples(file: string): Promise<TrafficSamples> {
  const samples: TrafficSamples = { requests: [], dns: [] };
  let lineNumber = 0;
  let broken = 0;
  for await (const line of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    lineNumber += 1;
    if (broken > 0) throw new Error(`${file}:${broken} is not JSON`);
    const sample = parse(line);
    if (!sample) broken = lineNumber;
    else addSample(samples, sample);
  }
  return samples;
}

/** Adds a sample to those of its kind. */
export function addSample(samples: TrafficSamples, sample: RequestSample | DnsSample | OpenStreamSample): void {
  if (sample.kind === "request") samples.requests.push(sample);
  else if (sample.kind === "dns") samples.dns.push(sample);
  else {
    samples.openStreams ??= [];
    samples.openStreams.push(sample);
  }
}

function parse(line: string): RequestSample | DnsSample | OpenStreamSample | null {
  try {
    return parseSampleLine(line);
  } catch {
    return null;
  }
}

/** Unix milliseconds of the first request, from which all times in the report count; 0 when there was none. */
export function firstRequestAtMs(requests: readonly RequestSample[]): number {
  // Samples come in the order of their ends, and Math.min(...) of hundred thousands overflows the stack.
  return requests.reduce((first, { atMs }) => Math.min(first, atMs), requests[0]?.atMs ?? 0);
}

/** Unix milliseconds at which the answer was complete. */
export function answeredAtMs(request: RequestSample): number {
  return request.atMs + request.latencyMs;
}

/** Unix milliseconds of the last answer (or failure); 0 when there was no request. */
export function lastAnswerAtMs(requests: readonly RequestSample[]): number {
  return requests.reduce((last, request) => Math.max(last, answeredAtMs(request)), 0);
}
