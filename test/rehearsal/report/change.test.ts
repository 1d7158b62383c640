import { expect } from "chai";
import { changeOf, changesOf, type Sign, timesOf, worstChange } from "../../../rehearsal/report/change";
import { STARTED_AT_MS, STARTUP, STARTUP_RATE, sampleRecord } from "./sample-record";

const answer = (atMs: number, release: string): Sign => ({ atMs, release });

const FORWARD = { command: "deploy", opened: "deploy", direction: "forward" } as const;
const started = { type: "deployStarted" as const, deploy: "d", ...FORWARD, stack: "s", releases: {} };
const deployAt = (atMs: number) => [{ ...started, atMs }];
const blue = { service: "users", release: "v1", colour: "blue" as const, deploy: 0 };
const green = { service: "users", release: "v2", colour: "green" as const, deploy: 1 };
const once = { releases: [blue, green], deploys: [deployAt(1_000)] };

describe("changeOf", () => {
  const none = { firstNewAtMs: null, lastOldAtMs: null, mixedMs: null };
  const cases: [string, Sign[], Parameters<typeof changeOf>[1], object][] = [
    ["no new answer", [answer(1_500, "v1")], once, none],
    ["no release known", [answer(1_500, "v1")], { releases: [], deploys: [] }, none],
    ["no answer at all", [], once, none],
    [
      "a clean cut",
      [answer(1_500, "v1"), answer(1_600, "v2")],
      once,
      { firstNewAtMs: 600, lastOldAtMs: 500, mixedMs: 0 },
    ],
    [
      "side by side",
      [answer(1_600, "v2"), answer(1_500, "v1"), answer(1_750, "v1"), answer(1_900, "v2")],
      once,
      { firstNewAtMs: 600, lastOldAtMs: 750, mixedMs: 150 },
    ],
    [
      "fractions, which round before they are subtracted",
      [answer(1_600.4, "v2"), answer(1_673.5, "v1")],
      once,
      { firstNewAtMs: 600, lastOldAtMs: 674, mixedMs: 74 },
    ],
    ["only new ones", [answer(1_500, "v2")], once, { firstNewAtMs: 500, lastOldAtMs: null, mixedMs: 0 }],
    [
      "answers without a release",
      [answer(1_500, ""), answer(1_600, "v2")],
      once,
      { firstNewAtMs: 600, lastOldAtMs: null, mixedMs: 0 },
    ],
    [
      "a release that comes back in a later deploy",
      [answer(1_500, "v1"), answer(2_000, "v2"), answer(5_500, "v2"), answer(5_600, "v1"), answer(5_650, "v2")],
      { releases: [blue, green, { ...blue, deploy: 2 }], deploys: [deployAt(1_000), deployAt(5_000)] },
      { firstNewAtMs: 4_600, lastOldAtMs: 4_650, mixedMs: 50 },
    ],
  ];
  for (const [name, requests, record, expected] of cases) {
    it(name, () =>
      expect(changeOf(requests, record, "users", Math.max(1, record.deploys.length), 1_000)).to.deep.equal(expected),
    );
  }

  it("ends where the service's next deploy begins, whatever other services do meanwhile", () => {
    const doodle = { service: "doodle", release: "v2", colour: "green" as const, deploy: 2 };
    const record = {
      releases: [blue, green, doodle, { ...blue, release: "v3", deploy: 3 }],
      deploys: [deployAt(1_000), deployAt(2_000), deployAt(3_000)],
    };
    const signs = [
      answer(1_500, "v1"),
      answer(1_600, "v2"),
      answer(2_500, "v1"),
      answer(3_100, "v2"),
      answer(3_200, "v3"),
    ];
    expect(changeOf(signs, record, "users", 1, 1_000)).to.include({ firstNewAtMs: 600, lastOldAtMs: 1_500 });
    expect(changeOf(signs, record, "users", 3, 1_000)).to.include({ firstNewAtMs: 2_200, lastOldAtMs: 2_100 });
  });
});

describe("changesOf", () => {
  const { record, samples } = sampleRecord({ deploys: STARTUP, ratePerSecond: STARTUP_RATE });
  const changes = changesOf(record, samples, STARTED_AT_MS);

  it("tells of each service of each deploy, of workers by their jobs", () => {
    expect(changes.map(({ deploy, service, of }) => `${deploy} ${service} ${of}`)).to.deep.equal([
      "1 users requests",
      "2 mailer jobs",
      "3 doodle requests",
      "4 users requests",
      "4 doodle requests",
    ]);
    for (const { mixedMs, of } of changes)
      expect(mixedMs).to.be.within(of === "jobs" ? 3_000 : 1, of === "jobs" ? 12_000 : 140);
  });

  it("goes by the times at which answers were complete", () => {
    const late = samples.requests.map((request) => ({ ...request, latencyMs: request.latencyMs + 500 }));
    const [first] = changesOf(record, { ...samples, requests: late }, STARTED_AT_MS);
    expect(first!.firstNewAtMs! - changes[0]!.firstNewAtMs!).to.be.within(499, 501);
  });

  it("has a worst one, never a worker's", () => {
    const worst = worstChange(changes)!;
    expect(worst.of).to.equal("requests");
    for (const { of, mixedMs } of changes) if (of === "requests") expect(mixedMs).to.be.at.most(worst.mixedMs!);
    expect(timesOf(null)).to.deep.equal({ firstNewAtMs: null, lastOldAtMs: null, mixedMs: null });
    const none = { deploy: 1, service: "users", of: "requests" as const, ...timesOf(null) };
    expect(worstChange([none, { ...none, mixedMs: 0 }])).to.have.property("mixedMs", 0);
  });
});
