import type { DnsSample, RequestSample } from "./types";

type RequestLine = [
  stream: RequestSample["stream"],
  atMs: number,
  latencyMs: number,
  status: number,
  release: string,
  postId: string,
  error?: string,
];
type DnsLine = ["dns", DnsSample["stream"], atMs: number, nameServer: string, string[], ttlSeconds: number, string];

/**
 * A sample as a line of the record: a JSON array without keys, a third of the object's length. Times are rounded to
 * microseconds.
 */
export function sampleLine(sample: RequestSample | DnsSample): string {
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
export function parseSampleLine(text: string): RequestSample | DnsSample {
  const line = JSON.parse(text) as RequestLine | DnsLine;
  if (line[0] === "dns") {
    const [, stream, atMs, nameServer, addresses, ttlSeconds, error] = line as DnsLine;
    return { kind: "dns", atMs, stream, nameServer, addresses, ttlSeconds, error };
  }
  const [stream, atMs, latencyMs, status, release, postId, error = ""] = line as RequestLine;
  const method = postId === "" ? "GET" : "POST";
  return { kind: "request", atMs, stream, method, status, release, latencyMs, error, postId };
}
