import { expect } from "chai";
import { responseTimes } from "../../../../../rehearsal/cloud/data-plane/load-balancer/response-times";
import { TrafficCounts } from "../../../../../rehearsal/cloud/data-plane/load-balancer/traffic-counts";

const BUCKET_MS = 3000;

describe("rehearsal/cloud/data-plane/load-balancer/traffic-counts", () => {
  const { now } = Date;
  let nowMs = 0;
  let counts: TrafficCounts;
  beforeEach(() => {
    nowMs = 1_700_000_001_000;
    Date.now = () => nowMs;
    counts = new TrafficCounts(BUCKET_MS);
  });
  afterEach(() => {
    Date.now = now;
  });

  const answered = (status: number, responseMs = 10) => counts.request("g", { status, from: "target" }, responseMs);

  it("counts requests before and after a border in different buckets", () => {
    answered(200);
    nowMs += BUCKET_MS;
    answered(503);
    answered(200, 30);
    const { buckets } = counts.take()!;
    const first = buckets[0]!.startMs;
    expect(buckets.map(({ startMs }) => startMs)).to.deep.equal([first, first + BUCKET_MS]);
    expect(first % BUCKET_MS).to.equal(0);
    expect(nowMs - BUCKET_MS - first).to.be.within(0, BUCKET_MS - 1);
    expect(buckets[1]!.groups).to.deep.equal([
      {
        ...{ targetGroupArn: "g", requests: 2, target5xx: 1, connectionErrors: 0, responses: 2, responseMs: 40 },
        responseTimes: { 116: 1, 172: 1 },
      },
    ]);
    const times = responseTimes(buckets[1]!.groups[0]!.responseTimes);
    expect(times.map(([milliseconds]) => Math.round(milliseconds))).to.deep.equal([10, 30]);
  });

  it("returns a bucket in parts if it is taken before its end, and no request twice", () => {
    answered(200);
    const [first] = counts.take()!.buckets;
    expect(counts.take()).to.equal(undefined);
    answered(200);
    const [second] = counts.take()!.buckets;
    expect(second).to.deep.equal(first);
  });

  it("counts the load balancer's own responses only as requests of the group", () => {
    counts.request("g", { status: 502, from: "noConnection" }, 0);
    counts.request("g", { status: 504, from: "loadBalancer" }, 60_000);
    counts.request("g", { status: 400, from: "loadBalancer" }, 1);
    counts.ownError();
    const [bucket] = counts.take()!.buckets;
    expect(bucket).to.deep.include({
      elb5xx: 3,
      groups: [
        {
          ...{ targetGroupArn: "g", requests: 3, target5xx: 0, connectionErrors: 1 },
          ...{ responses: 0, responseMs: 0, responseTimes: {} },
        },
      ],
    });
  });
});
