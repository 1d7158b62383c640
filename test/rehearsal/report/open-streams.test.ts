import { expect } from "chai";
import type { CloudEvent } from "../../../rehearsal/cloud/kernel/events";
import { summarise } from "../../../rehearsal/report/summarise";
import { formatReport } from "../../../rehearsal/report/terminal";
import type { StreamTotals } from "../../../rehearsal/report/types";
import type { OpenStreamSample } from "../../../rehearsal/traffic/types";
import { STARTED_AT_MS, sampleRecord } from "./sample-record";

/** 3 s at the sample's speed of 20. */
const WITHIN_SECONDS = 60;
const WITHIN_MS = 3_000;

const { record, samples } = sampleRecord();
const [events] = record.deploys;
const endOf = (step: string) =>
  events!.find((event) => event.type === "stepEnded" && event.step === step)!.atMs - STARTED_AT_MS;
const CONFIRMED_MS = endOf("confirm");
const RETIRED_MS = endOf("drain");

const deregistered = (targetGroup: string, afterMs: number): CloudEvent => ({
  ...{ kind: "target", atMs: STARTED_AT_MS + afterMs, targetGroup, targetId: "i-1" },
  ...{ state: "draining", reason: "" },
});

/** Times count from the first request. */
const stream = (openedMs: number, endedMs: number, changes: Partial<OpenStreamSample> = {}): OpenStreamSample => ({
  ...{ kind: "openStream", protocol: "webSocket", release: "users:v1", end: "cut", error: "" },
  ...{ openedAtMs: STARTED_AT_MS + openedMs, endedAtMs: STARTED_AT_MS + endedMs },
  ...changes,
});

const reportOf = (openStreams: OpenStreamSample[], withinSeconds = WITHIN_SECONDS) =>
  summarise(
    {
      ...record,
      openStreams: { service: "users", withinSeconds },
      cloud: [
        ...record.cloud,
        deregistered("users-bb-0a1b2c", RETIRED_MS),
        deregistered("users-bg-0a1b2c", RETIRED_MS + 20),
      ],
    },
    { ...samples, openStreams },
  );

describe("open streams in the report", () => {
  const table: [what: string, sample: OpenStreamSample, counted: Partial<StreamTotals>, reason: string][] = [
    ["a page that closes its stream", stream(0, 900, { end: "left" }), { opened: 1, left: 1 }, ""],
    ["a stream that outlives the rehearsal", stream(0, 90_000, { end: "open" }), { opened: 1, open: 1 }, ""],
    ["a service that says goodbye", stream(0, RETIRED_MS + 100, { end: "closed" }), { opened: 1, closed: 1 }, ""],
    ["a stream cut at the end of its time", stream(0, RETIRED_MS + WITHIN_MS + 30), { opened: 1, cutAtWithin: 1 }, ""],
    [
      "a stream cut before that",
      stream(0, RETIRED_MS + WITHIN_MS - 500),
      { opened: 1, cutBeforeWithin: 1 },
      "WebSockets: 1 cut before streams.within was over",
    ],
    [
      "a stream cut while its colour was in service",
      stream(0, RETIRED_MS - 500),
      { opened: 1, cutBeforeWithin: 1 },
      "WebSockets: 1 cut before streams.within was over",
    ],
    [
      "a stream of the new colour cut with those of the old one",
      stream(CONFIRMED_MS + 1, RETIRED_MS + WITHIN_MS + 30, { release: "users:v2" }),
      { opened: 1, cutBeforeWithin: 1 },
      "WebSockets: 1 cut before streams.within was over",
    ],
    [
      "a stream that could not be opened",
      stream(500, 500, { end: "refused", release: "", error: "503" }),
      { refused: 1 },
      "WebSockets: 1 not opened",
    ],
    ["a page that was about to open one at the end", stream(500, 500, { end: "open", release: "" }), {}, ""],
    [
      "a stream on the new colour after the cutover",
      stream(CONFIRMED_MS + 1, 90_000, { end: "open", release: "users:v2" }),
      { opened: 1, open: 1 },
      "",
    ],
    [
      "one on the old colour then",
      stream(CONFIRMED_MS + 1, RETIRED_MS + WITHIN_MS + 30),
      { opened: 1, cutAtWithin: 1, onOldColour: 1 },
      "WebSockets: 1 opened on the old colour after production was confirmed",
    ],
    ["one on the old colour before", stream(CONFIRMED_MS - 50, 900_000, { end: "open" }), { opened: 1, open: 1 }, ""],
  ];
  const none = Object.fromEntries(
    ["opened", "refused", "open", "left", "closed", "cutAtWithin", "cutBeforeWithin", "onOldColour"].map((key) => [
      key,
      0,
    ]),
  );
  for (const [what, sample, counted, reason] of table) {
    it(`counts ${what}`, () => {
      const report = reportOf([sample]);
      expect(report.streams).to.deep.equal({
        service: "users",
        withinSeconds: WITHIN_SECONDS,
        webSocket: { ...none, ...counted },
        serverSentEvents: none,
        grpc: none,
      });
      expect(report).to.include({ reason, ok: reason === "" });
    });
  }

  it("counts what is cut at the colour's end where the setting gives streams no time", () => {
    const report = reportOf([stream(0, RETIRED_MS + 10)], 0);
    expect([report.ok, report.streams?.webSocket.cutAtWithin]).to.deep.equal([true, 1]);
    expect(formatReport(report, { colour: false })).to.include(
      "WebSockets: 1 opened, 1 cut at their colour's end, 0 before that\n",
    );
  });

  it("expects no page to follow records before it asks for them again", () => {
    const openStreams = [stream(CONFIRMED_MS + 1, 90_000, { end: "open" })];
    const settings = { ...record.settings, cutover: "dns" as const };
    const followed = { ...record, settings, openStreams: { service: "users", withinSeconds: WITHIN_SECONDS } };
    expect(summarise(followed, { ...samples, openStreams }).streams?.webSocket.onOldColour).to.equal(0);
  });

  it("has a line for each protocol that was used, in 80 columns", () => {
    const lines = formatReport(reportOf([stream(0, RETIRED_MS + WITHIN_MS)]), { colour: false }).split("\n");
    expect(lines).to.include("  streams   WebSockets: 1 opened, 0 cut before 60 s, 1 after");
    expect(lines.join("\n")).to.not.include("server-sent");
    for (const line of lines) expect(line.length, line).to.be.at.most(80);
  });

  it("is absent without pages that keep streams open", () => {
    expect(summarise(record, samples)).to.not.have.property("streams");
  });
});
