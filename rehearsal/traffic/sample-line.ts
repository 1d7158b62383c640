import type { DnsSample, OpenStreamSample, RequestSample } from "./types";

type RequestLine = [
  stream: RequestSample["stream"],
  atMs: number,
  latencyMs: number,
  status: number,
  release: string,
  postId: string,
  error?: string,
];
type OpenStreamLine = [
  "openStream",
  OpenStreamSample["protocol"],
  openedAtMs: number,
  endedAtMs: number,
  release: string,
  OpenStreamSample["end"],
  error: string,
];
type DnsLine = ["dns", DnsSample["stream"], atMs: number, nameServer: string, string[], ttlSeconds: number, string];

/**
 * A sample as a line of the record: a JSON array without keys, a third of the object's length. Times are rounded to
 * microseconds.
 */
export function sampleLine(sample: RequestSample | DnsSample | OpenStreamSample): string {
  if (sample.kind === "openStream") {
    const { protocol, openedAtMs, endedAtMs, release, end, error } = sample;
    const times = [openedAtMs, endedAtMs].map((ms) => Math.round(ms * 1000) / 1000) as [number, number];
    return JSON.stringify(["openStream", protocol, ...times, release, end, error] satisfies OpenStreamLine);
  }
  const { stream, error } = sample;
  const atMs = Math.round(sample.atMs * 1000) / 1000;
  if (sample.kind === "dns") {
    const { nameServer, addresses, ttlSeconds } = sample;
    return JSON.stringify(["dns", stream, atMs, nameServer, addresses, ttlSeconds, error] satisfies DnsLine);
  }
  const { latencyMs, status, release, postId } = sample;
  const line: RequestLine = [stream, atMs, latencyMs, status, release, postId];
  if (error !== "") line.push(error);
  return JSON.stringify(line);
}

/** @throws SyntaxError when the line is not JSON. */
export function parseSampleLine(text: string): RequestSample | DnsSample | OpenStreamSample {
  const line = JSON.parse(text) as RequestLine | DnsLine | OpenStreamLine;
  if (line[0] === "openStream") {
    const [, protocol, openedAtMs, endedAtMs, release, end, error] = line as OpenStreamLine;
    return { kind: "openStream", protocol, openedAtMs, endedAtMs, release, end, error };
  }
  if (line[0] === "dns") {
    const [, stream, atMs, nameServer, addresses, ttlSeconds, error] = line as DnsLine;
    return { kind: "dns", atMs, stream, nameServer, addresses, ttlSeconds, error };
  }
  const [stream, atMs, latencyMs, status, release, postId, error = ""] = line as RequestLine;
  const method = postId === "" ? "GET" : "POST";
  return { kind: "request", atMs, stream, method, status, release, latencyMs, error, postId };
}
