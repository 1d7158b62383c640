import { expect } from "chai";
import fc from "fast-check";
import { parseSampleLine, sampleLine } from "../../../rehearsal/traffic/sample-line";
import {
  type DnsSample,
  type OpenStreamSample,
  type RequestSample,
  STREAM_NAMES,
  STREAM_PROTOCOLS,
} from "../../../rehearsal/traffic/types";

const microseconds = fc.integer({ min: 0, max: 4e15 }).map((count) => count / 1000);
const request = fc
  .record({
    kind: fc.constant("request" as const),
    atMs: microseconds,
    stream: fc.constantFrom(...STREAM_NAMES),
    status: fc.constantFrom(0, 200, 201, 502),
    release: fc.string(),
    latencyMs: microseconds,
    error: fc.string(),
    postId: fc.string(),
  })
  .map((each): RequestSample => ({ ...each, method: each.postId === "" ? "GET" : "POST" }));
const dns: fc.Arbitrary<DnsSample> = fc.record({
  kind: fc.constant("dns" as const),
  atMs: microseconds,
  stream: fc.constantFrom(...STREAM_NAMES),
  nameServer: fc.ipV4(),
  addresses: fc.array(fc.ipV4()),
  ttlSeconds: fc.nat(),
  error: fc.string(),
});

const openStream: fc.Arbitrary<OpenStreamSample> = fc.record({
  kind: fc.constant("openStream" as const),
  protocol: fc.constantFrom(...STREAM_PROTOCOLS),
  openedAtMs: microseconds,
  endedAtMs: microseconds,
  release: fc.string(),
  end: fc.constantFrom("open", "left", "closed", "cut", "refused"),
  error: fc.string(),
});

describe("a line of the record", () => {
  it("gives back the sample, and is one line", () => {
    fc.assert(
      fc.property(fc.oneof(request, dns, openStream), (sample) => {
        const line = sampleLine(sample);
        expect(line).not.to.include("\n");
        expect(parseSampleLine(line)).to.deep.equal(sample);
      }),
    );
  });

  it("is short", () => {
    const line = sampleLine({
      kind: "request",
      atMs: 1795577965867.8699,
      stream: "keepAlive",
      method: "POST",
      postId: "r1-mwvkrdij-8285",
      status: 201,
      release: "v1",
      error: "",
      latencyMs: 30.33,
    });
    expect(line).to.equal('["keepAlive",1795577965867.87,30.33,201,"v1","r1-mwvkrdij-8285"]');
  });
});
