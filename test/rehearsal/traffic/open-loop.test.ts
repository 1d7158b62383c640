import type { ServerResponse } from "node:http";
import { expect } from "chai";
import { nowMs } from "../../../rehearsal/traffic/clock";
import type { InFlightRequest } from "../../../rehearsal/traffic/in-flight-request";
import { OpenLoop } from "../../../rehearsal/traffic/open-loop";
import { RAMP_UP_MS, Schedule } from "../../../rehearsal/traffic/schedule";
import type { RequestSample } from "../../../rehearsal/traffic/types";
import { eventually } from "../../eventually";
import { Site } from "./site";

const RATE = 300;
/** Requests at that rate after which the rate is the full one: half as many come while it rises. */
const AT_FULL_RATE = (RATE * RAMP_UP_MS) / 2_000 + 150;

describe("open loop", () => {
  let site: Site;
  beforeEach(async () => {
    site = await Site.open();
  });
  afterEach(() => site.close());

  const streams = () => site.streams({ ratePerSecond: RATE / 3 });
  const sent = () => site.messages.reduce((most, message) => (message.type === "progress" ? message.sent : most), 0);

  it("holds the rate while the service stalls, and the stall shows in every latency", async () => {
    site.start({ streams: streams() });
    await eventually("the full rate", () => sent() > AT_FULL_RATE);
    const held: (() => void)[] = [];
    site.blue.answer = (request, response: ServerResponse) => held.push(() => site.blue.succeed(request, response));
    const stalledAtMs = Date.now();
    const before = sent();
    await eventually("300 more requests", () => sent() >= before + 300);
    const stalledMs = Date.now() - stalledAtMs;
    site.blue.answer = null;
    for (const answer of held) answer();
    const { requests } = await site.stop();

    const bySchedule = requests.map(({ atMs }) => atMs).sort((one, another) => one - another);
    const full = bySchedule.filter((atMs) => atMs > bySchedule[0]! + RAMP_UP_MS);
    for (let index = 1; index < full.length; index += 1) {
      expect(full[index]! - full[index - 1]!).to.be.closeTo(1000 / RATE, 0.01);
    }
    const stalled = requests.filter(({ atMs }) => atMs > stalledAtMs + 20 && atMs < stalledAtMs + stalledMs - 20);
    expect(stalled.length).to.be.greaterThan((stalledMs * RATE) / 1000 - 30);
    for (const { atMs, latencyMs } of stalled) {
      expect(latencyMs).to.be.at.least(stalledAtMs + stalledMs - atMs - 5);
    }
    expect(requests.filter(({ error }) => error !== "")).to.deep.equal([]);
  });

  it("makes up for a stall of its own process", async () => {
    site.start({ streams: streams() });
    await eventually("the full rate", () => sent() > AT_FULL_RATE);
    const before = Date.now();
    while (Date.now() < before + 400);
    const made = sent();
    await eventually("progress after it", () => sent() > made + 300);
    const { requests } = await site.stop();
    const stalled = requests.filter(({ atMs }) => atMs >= before && atMs < before + 400);
    expect(stalled.length).to.be.within(118, 122);
    for (const { atMs, latencyMs } of stalled) expect(latencyMs).to.be.at.least(before + 400 - atMs - 5);
  });

  it("sends half GETs and half POSTs in each class, every POST once and with an id of its own", async () => {
    site.start({ streams: streams() });
    await eventually("600 requests", () => sent() >= 600);
    const { requests } = await site.stop();
    expect(requests.length).to.equal(site.blue.received.length);
    for (const stream of ["honest", "sticky", "keepAlive"]) {
      const own = requests.filter((request) => request.stream === stream);
      expect(own.length).to.be.closeTo(requests.length / 3, 1);
      expect(own.filter(({ method }) => method === "POST").length).to.be.closeTo(own.length / 2, 2);
    }
    const wanted = requests.flatMap(({ postId }) => (postId ? [postId] : []));
    const got = site.blue.received.flatMap(({ body }) => (body ? [JSON.parse(body).id as string] : []));
    expect(new Set(wanted).size).to.equal(wanted.length);
    expect(got.sort()).to.deep.equal(wanted.sort());
  });

  describe("after a stall that is longer than the timeout", () => {
    const STALL_MS = 300;
    const TIMEOUT_MS = 100;

    it("begins nothing that is overdue, and lets all overdue requests fail before it frees any", async () => {
      const samples: RequestSample[] = [];
      const begun: InFlightRequest[] = [];
      const unended: number[] = [];
      // As if the ramp-up were over: 300 requests a second from here on.
      const schedule = new Schedule({ streams: streams(), seed: 1 }, nowMs() - 2 * RAMP_UP_MS);
      while (schedule.nextDueMs < nowMs()) schedule.next();
      const loop = new OpenLoop({
        schedule,
        timeoutMs: TIMEOUT_MS,
        begin: (request) => {
          begun.push(request);
          request.abandon = () => {
            const overdue = (each: InFlightRequest) => each.plan.atMs + TIMEOUT_MS <= nowMs();
            unended.push(begun.filter((each) => !each.ended && overdue(each)).length);
          };
        },
        ended: (sample) => samples.push(sample),
      });
      let inFlight = 0;
      loop.start();
      try {
        await eventually("some in flight", () => begun.length > 20);
        inFlight = begun.length;
        const stalledAtMs = nowMs();
        while (nowMs() < stalledAtMs + STALL_MS);
        await eventually("requests after it", () => begun.length > inFlight);
        const late = begun.slice(inFlight).filter(({ plan }) => plan.atMs + TIMEOUT_MS < stalledAtMs + STALL_MS);
        expect(late).to.deep.equal([]);
        await eventually("timeouts of those in flight", () => unended.length >= inFlight);
      } finally {
        await loop.stop();
      }
      expect(Math.max(...unended.slice(0, inFlight))).to.equal(0);
      expect(samples.length).to.be.above(inFlight + 40);
      for (const { error } of samples) expect(error).to.equal("timeout");
    });
  });
});
