import { expect } from "chai";
import type { RequestSample, StreamName } from "../../../rehearsal/traffic/types";
import { eventually } from "../../eventually";
import { Site } from "./site";

/** Two of each class, and what each opens at the most. */
const CLIENTS = 6;
const CONNECTIONS_EACH = 6;
const HONEST_CLIENTS = 2;
/** 60 s of AWS time at 30 : 1, and what a free machine takes beyond it. */
const TTL_MS = 2_000;
const SLACK_MS = 300;

describe("classes of clients", () => {
  let site: Site;
  beforeEach(async () => {
    site = await Site.open();
  });
  afterEach(() => site.close());

  const of = (requests: RequestSample[], stream: StreamName) => requests.filter((request) => request.stream === stream);

  it("honest follows DNS when the TTL is over, sticky and keepAlive do not", async () => {
    site.names.ttlSeconds = 3;
    site.start();
    await eventually("requests on blue", () => site.blue.received.length > 60);
    site.pointNamesAtGreen();
    await eventually("requests on green", () => site.green.received.length > 60);
    const { requests, dns } = await site.stop();

    expect(of(requests, "honest").at(-1)?.release).to.equal("users:green");
    expect(new Set(of(requests, "sticky").map(({ release }) => release))).to.deep.equal(new Set(["users:blue"]));
    expect(new Set(of(requests, "keepAlive").map(({ release }) => release))).to.deep.equal(new Set(["users:blue"]));
    expect(requests.filter(({ error }) => error !== "")).to.deep.equal([]);
    expect(dns.filter(({ stream }) => stream === "honest").length).to.be.greaterThan(4);
    expect(dns.filter(({ stream }) => stream === "sticky").length).to.equal(2);
    expect(dns.filter(({ stream }) => stream === "keepAlive").length).to.equal(2);
  });

  it("honest asks again at the end of the TTL, counted in AWS time, and not in step with the others", async () => {
    // 60 / 30 = 2 s of real time.
    site.start();
    // Each client of the other classes asks once; the honest ones ask once and then four times more.
    const asks = CLIENTS - HONEST_CLIENTS + 5 * HONEST_CLIENTS;
    await eventually("four rounds of questions", () => site.names.questions >= asks);
    const { requests, dns } = await site.stop();
    const honest = of(requests, "honest").map(({ atMs, latencyMs }) => ({ atMs, endMs: atMs + latencyMs }));
    const asked = dns.filter(({ stream }) => stream === "honest").map(({ atMs }) => atMs);
    let early = 0;
    for (const [index, atMs] of asked.entries()) {
      const before = asked[index - HONEST_CLIENTS];
      if (before === undefined) continue;
      // A question waits for the next request, and on a busy machine for the processor: as long as requests waited at
      // that time.
      const slowest = honest.filter(({ endMs }) => endMs >= before && endMs <= atMs + SLACK_MS);
      const slackMs = SLACK_MS + Math.max(0, ...slowest.map((each) => each.endMs - each.atMs));
      if (atMs - before < TTL_MS - 10) early += 1;
      expect(atMs - before, `question ${index}`).to.be.below(TTL_MS + slackMs);
    }
    // More questions than clients within a TTL have a client's first and second one among them, whose answer had a part of the TTL left. Whose they are
    // is not recorded, and on a busy machine they do not take turns: each client may be counted twice.
    expect(early, "questions before the end of the TTL").to.be.at.most(2 * HONEST_CLIENTS);
    const gaps = asked.slice(1).map((atMs, index) => atMs - asked[index]!);
    expect(
      gaps.filter((ms) => ms > 50 && ms < TTL_MS - 50),
      "not in step",
    ).to.not.deep.equal([]);
  });

  it("keepAlive stays on the connections that it opened, the others renew theirs", async () => {
    // Nothing is answered until all clients have as many connections as they may: later none opens one because others
    // are busy. Only a POST says whose it is.
    const held: (() => void)[] = [];
    site.blue.answer = (request, response) => held.push(() => site.blue.succeed(request, response));
    site.start({ streams: site.streams({ postEvery: 1 }) });
    await eventually("all connections", () => site.blue.accepted === CLIENTS * CONNECTIONS_EACH);
    site.blue.answer = null;
    for (const answer of held) answer();
    // An honest client's connections are spent after 10 to 30 requests each, and all of them are new.
    await eventually("1,200 requests", () => site.blue.received.length > 1_200);
    const { requests } = await site.stop();
    const connectionOf = new Map(
      site.blue.received.flatMap(({ body, connection }) => (body ? [[JSON.parse(body).id as string, connection]] : [])),
    );
    const connections = (stream: StreamName) =>
      new Set(of(requests, stream).flatMap(({ postId }) => connectionOf.get(postId) ?? []));
    // 2 clients that open up to 6 connections each.
    expect(connections("keepAlive").size).to.be.within(2, 12);
    expect(connections("honest").size).to.be.greaterThan(connections("keepAlive").size);
    const halves = of(requests, "keepAlive").filter(({ postId }) => postId);
    const early = new Set(halves.slice(0, halves.length / 2).map(({ postId }) => connectionOf.get(postId)));
    for (const { postId } of halves.slice(halves.length / 2)) expect(early).to.include(connectionOf.get(postId));
  });
});
