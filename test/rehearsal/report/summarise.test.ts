import { expect } from "chai";
import fc from "fast-check";
import { emptyServiceLogs, type ServiceLogs } from "../../../rehearsal/environment/service-logs";
import { endProblems } from "../../../rehearsal/report/end-problems";
import { headlineOf } from "../../../rehearsal/report/headline";
import { verdictOfReport } from "../../../rehearsal/report/page/story";
import { summarise } from "../../../rehearsal/report/summarise";
import type { RehearsalRecord } from "../../../rehearsal/report/types";
import { CLIENT_CLASSES, type RequestSample } from "../../../rehearsal/traffic/types";
import { STARTED_AT_MS, STARTUP, sampleRecord } from "./sample-record";

const request = (changes: Partial<RequestSample>): RequestSample => ({
  kind: "request",
  atMs: STARTED_AT_MS,
  stream: "honest",
  method: "POST",
  status: 201,
  release: "users:v1",
  latencyMs: 2,
  error: "",
  postId: "p-1",
  ...changes,
});

const summariseRequests = (requests: RequestSample[], processed: [string, number][] = []) => {
  const { record } = sampleRecord();
  return summarise({ ...record, logs: logsOf(processed) }, { requests, dns: [] });
};

const deeds = (processed: readonly [string, number][]) =>
  processed.flatMap(([id, times]) =>
    Array.from({ length: times }, () => ({ id, atMs: null, colour: null, release: "" })),
  );

function logsOf(usersCreated: [string, number][], others: Partial<ServiceLogs> = {}): ServiceLogs {
  return { ...emptyServiceLogs(), usersCreated: deeds(usersCreated), ...others };
}

describe("summarise", () => {
  it("takes no latency from the time before the traffic had its rate, but every failure", () => {
    const { record } = sampleRecord();
    const requests = [
      request({ atMs: STARTED_AT_MS, latencyMs: 900, error: "HTTP 503" }),
      request({ atMs: STARTED_AT_MS + 1_000, latencyMs: 3, postId: "p-2" }),
    ];
    const logs = logsOf([
      ["p-1", 1],
      ["p-2", 1],
    ]);
    const report = summarise({ ...record, logs, atRateSinceMs: STARTED_AT_MS + 500 }, { requests, dns: [] });
    expect(report.traffic.honest).to.deep.include({ sent: 2, failed: 1, latencyMs: { p50: 3, p99: 3, max: 3 } });
  });

  it("counts slow answers, uploads and HTTP/2 in classes of their own, and no slow answer in the change", () => {
    const { record, samples } = sampleRecord();
    const streams = (["http2", "short", "long", "upload"] as const).map((name) => ({
      name,
      service: "users",
      getPath: "/",
    }));
    const before = summarise(record, samples);
    const lastOld = samples.requests.filter(({ release }) => release === "users:v1").at(-1)!;
    const more = [
      request({ stream: "http2", method: "GET", postId: "", atMs: STARTED_AT_MS + 10 }),
      request({ stream: "short", method: "GET", postId: "", latencyMs: 750 }),
      // Begun before the cutover, and answered by the old colour long after it.
      request({ stream: "long", method: "GET", postId: "", atMs: lastOld.atMs, latencyMs: 2_250 }),
      request({ stream: "upload", postId: "f-1" }),
      request({ stream: "upload", postId: "f-2" }),
    ];
    const imported = deeds([["f-1", 1]]);
    const report = summarise(
      { ...record, streams: [...record.streams, ...streams], logs: { ...record.logs, imported } },
      { ...samples, requests: [...samples.requests, ...more] },
    );
    expect(report.reason).to.equal("upload: 1 lost");
    expect(report.traffic.http2).to.include({ sent: 1, ok: 1 });
    expect(report.traffic.long?.latencyMs.p99).to.equal(2_250);
    expect(report.change).to.deep.equal(before.change);
  });

  it("is ok when the deploy ended well and nothing failed, was lost or doubled", () => {
    const { record, samples } = sampleRecord();
    const report = summarise(record, samples);
    expect(report).to.include({ ok: true, reason: "", failedStep: null, cutover: "routed", speed: 20 });
    expect(report.colours).to.deep.equal({ users: ["blue", "green"] });
    expect(report.deploys).to.deep.equal([
      { services: ["users"], releases: { users: "users:v2" }, ok: true, startedAtMs: 2_000, endedAtMs: 17_670 },
    ]);
    expect(report).to.include({ calls: null, jobs: null });
    expect(report.traffic).to.have.all.keys(...CLIENT_CLASSES);
    expect(report.firstRequestAt).to.equal("2026-11-25T09:30:00.000Z");
    expect(report.steps.map(({ name }) => name).join(" ")).to.equal(
      "preflight warm verify test cutover confirm drain retire",
    );
    expect(report.steps[0]).to.deep.equal({
      deploy: 1,
      name: "preflight",
      startedAtMs: 2_000,
      endedAtMs: 2_420,
      ok: true,
      detail: "lease taken, stack clean",
    });
  });

  describe("what became of a POST", () => {
    const cases: [string, Partial<RequestSample>, [string, number][], object][] = [
      ["processed once", {}, [["p-1", 1]], { ok: 1, failed: 0, lost: 0, doubled: 0 }],
      ["answered but never processed", {}, [], { ok: 1, failed: 0, lost: 1, doubled: 0 }],
      ["processed twice", {}, [["p-1", 2]], { ok: 1, failed: 0, lost: 0, doubled: 1 }],
      ["failed and never processed", { status: 0, error: "ECONNRESET" }, [], { ok: 0, failed: 1, lost: 1, doubled: 0 }],
      [
        "failed but processed",
        { status: 0, error: "timeout" },
        [["p-1", 1]],
        { ok: 0, failed: 1, lost: 0, doubled: 0 },
      ],
      ["a GET is never lost", { method: "GET", postId: "" }, [], { ok: 1, failed: 0, lost: 0, doubled: 0 }],
      [
        "somebody else's POST",
        {},
        [
          ["p-1", 1],
          ["p-2", 2],
        ],
        { ok: 1, failed: 0, lost: 0, doubled: 0 },
      ],
    ];
    for (const [name, changes, processed, expected] of cases) {
      it(name, () => {
        const { traffic } = summariseRequests([request(changes)], processed);
        expect(traffic.honest).to.include({ sent: 1, ...expected });
      });
    }
  });

  it("counts errors by class and says which clients they hit", () => {
    const { record, samples } = sampleRecord({ cutover: "dns" });
    const report = summarise(record, samples);
    expect(report.ok).to.equal(false);
    expect(report.traffic.honest).to.deep.include({ failed: 0, errors: {} });
    expect(report.traffic.sticky.errors).to.deep.equal({ "503": report.traffic.sticky.failed });
    expect(report.reason).to.match(/^sticky: \d+ of 1,917 failed \(503\), \d+ lost; keepAlive: /);
    expect(report.failedStep).to.equal(null);
  });

  it("names the step that failed before what the traffic says", () => {
    const { record, samples } = sampleRecord({ deploys: 2, failAt: "test" });
    const report = summarise(record, samples);
    expect(report).to.include({ ok: false, failedStep: "test" });
    expect(report.deploys.map(({ ok }) => ok)).to.deep.equal([true, false]);
    expect(report.reason).to.match(/^deploy 2: test: exit code 1/);
    expect(report.colours).to.deep.equal({ users: ["blue", "green", "green"] });
    expect(report.changes.map(({ mixedMs }) => mixedMs !== null)).to.deep.equal([true, false]);
    expect(report.change.mixedMs).to.equal(report.changes[0]!.mixedMs);
    expect(report.traffic.honest.failed).to.equal(0);
  });

  it("is not ok without a deploy, with one that broke off, or with a class that sent nothing", () => {
    const { record, samples } = sampleRecord();
    expect(summarise({ ...record, deploys: [] }, samples).reason).to.equal("no deploy ran");
    const brokeOff: RehearsalRecord = { ...record, deploys: [record.deploys[0]!.slice(0, 5)] };
    expect(summarise(brokeOff, samples)).to.include({ ok: false, reason: "the deploy broke off" });
    expect(summarise(brokeOff, samples).steps.at(-1)).to.include({ name: "warm", ok: false, detail: "did not end" });
    const honestOnly = samples.requests.filter(({ stream }) => stream === "honest");
    expect(summarise(record, { requests: honestOnly, dns: [] }).reason).to.equal(
      "sticky: no request was sent; keepAlive: no request was sent",
    );
    expect(summarise(record, { requests: [], dns: [] }).ok).to.equal(false);
  });

  it("goes by the ends of disturbed runs, whose deploys are not in the record", () => {
    const { record, samples } = sampleRecord();
    const disturbed = (problems: string[]) =>
      summarise({ ...record, deploys: [], disturbed: { runs: 100, problems } }, samples);
    const passed = disturbed([]);
    expect(passed).to.include({ ok: true, reason: "", disturbedRuns: 100 });
    expect(headlineOf(passed)).to.match(/^100 disturbed runs with 0 of [\d,]+ requests failed$/);
    expect(verdictOfReport(passed).lead).to.equal("✔ Passed.");
    const line = "run 3: the idle colour green is at size 2";
    const failed = disturbed([line]);
    expect(failed).to.deep.include({ ok: false, reason: line, found: ["runs"] });
    expect(verdictOfReport(failed)).to.deep.include({ lead: "✘ Not passed.", text: line });
  });

  it("is not ok if a release that was ordered to be bad went to production, whatever clients noticed", () => {
    const { record, samples } = sampleRecord();
    expect(summarise({ ...record, fault: "none" }, samples).ok).to.equal(true);
    expect(summarise({ ...record, fault: "wrongAnswer" }, samples)).to.include({
      ok: false,
      reason: "FAULT=wrongAnswer was to make a bad release, and no deploy stopped it",
    });
    const stopped = sampleRecord({ failAt: "test" });
    const { reason } = summarise({ ...stopped.record, fault: "wrongAnswer" }, stopped.samples);
    expect(reason).to.equal("test: exit code 1: expected 200, got 500 <html>");
  });

  it("takes the controller's own time of the worst deploy, and the sums of the rest", () => {
    const one = summariseRequests([]).controller;
    expect(one.upSeconds).to.deep.equal([5.07, 1.1, 2.26]);
    // 15.67 s in all; 3.6 + 1 s waited in `up`s, 1.48 s in the tests, 4.04 s in the drain.
    expect(one).to.include({ totalSeconds: 15.67, waitedSeconds: 10.12, overheadSeconds: 5.55 });
    const { record, samples } = sampleRecord({ deploys: 3 });
    const three = summarise(record, samples).controller;
    expect(three.upSeconds.length).to.equal(9);
    expect(three).to.include({ totalSeconds: 47.01, waitedSeconds: 30.36, overheadSeconds: 5.55 });
  });

  it("keeps its sums, whatever the traffic was", () => {
    const { record } = sampleRecord();
    const anyRequest = fc.record({
      kind: fc.constant("request" as const),
      atMs: fc.integer({ min: STARTED_AT_MS, max: STARTED_AT_MS + 20_000 }),
      stream: fc.constantFrom(...CLIENT_CLASSES),
      method: fc.constantFrom("GET" as const, "POST" as const),
      status: fc.constantFrom(0, 200, 201, 503),
      release: fc.constantFrom("", "users:v1", "users:v2", "unknown"),
      latencyMs: fc.double({ min: 0, max: 5_000, noNaN: true }),
      error: fc.constantFrom("", "", "503", "timeout"),
      postId: fc.integer({ min: 1, max: 50 }).map((number) => `p-${number}`),
    });
    const anyProcessed = fc.array(
      fc.tuple(
        fc.integer({ min: 1, max: 60 }).map((n) => `p-${n}`),
        fc.integer({ min: 1, max: 3 }),
      ),
    );
    fc.assert(
      fc.property(fc.array(anyRequest, { maxLength: 60 }), anyProcessed, (requests, processed) => {
        const report = summarise({ ...record, logs: logsOf(processed) }, { requests, dns: [] });
        const totals = CLIENT_CLASSES.map((name) => report.traffic[name]);
        expect(totals.reduce((sum, { sent }) => sum + sent, 0)).to.equal(requests.length);
        for (const { sent, ok, failed, lost, doubled, errors, latencyMs } of totals) {
          expect(ok + failed).to.equal(sent);
          expect(lost + doubled).to.be.at.most(sent);
          expect(Object.values(errors).reduce((sum, count) => sum + count, 0)).to.equal(failed);
          expect(latencyMs.p50).to.be.at.most(latencyMs.p99);
          expect(latencyMs.p99).to.be.at.most(latencyMs.max);
        }
        expect(report.ok).to.equal(
          totals.every(({ sent, failed, lost, doubled }) => sent > 0 && failed + lost + doubled === 0) &&
            endProblems(record, { requests, dns: [] }).length === 0,
        );
        expect(report.ok).to.equal(report.reason === "");
        expect(report.change.mixedMs ?? 0).to.be.at.least(0);
      }),
    );
  });

  describe("of several services", () => {
    const { record, samples } = sampleRecord({ deploys: STARTUP });

    it("is ok when nothing between them failed or was lost either", () => {
      const report = summarise(record, samples);
      expect(report).to.include({ ok: true, reason: "" });
      expect(report.services).to.deep.equal(["users", "doodle", "mailer"]);
      expect(report.traffic).to.have.all.keys(...CLIENT_CLASSES, "internal");
      expect(report.traffic.internal).to.include({ failed: 0, lost: 0, doubled: 0 });
      expect(report.deploys.map(({ services }) => services)).to.deep.equal(STARTUP);
      expect(report.deploys[3]!.releases).to.deep.equal({ users: "users:v5", doodle: "doodle:v5" });
      expect(report.colours).to.deep.equal({
        users: ["blue", "green", "green", "green", "blue"],
        doodle: ["blue", "blue", "blue", "green", "blue"],
        mailer: ["blue", "blue", "green", "green", "green"],
      });
      const { sent } = report.traffic.internal!;
      expect(report.calls).to.deep.equal({ made: sent, reached: sent, failed: 0, errors: {} });
      const jobs = record.logs.jobsSent.length;
      expect(report.jobs).to.deep.include({ sent: jobs, done: jobs, lost: 0, failed: 0, errors: {} });
      expect(report.jobs!.repeated)
        .to.equal(record.logs.jobsDone.length - jobs)
        .and.above(0);
    });

    const first = record.logs.pollsCreated[0]!;
    const { logs } = record;
    const without = (deeds: ServiceLogs["jobsDone"]) => deeds.filter(({ id }) => id !== first.id);
    const failure = { atMs: STARTED_AT_MS + 5_000, service: "users", reason: "ECONNRESET" };
    const cases: [string, Partial<ServiceLogs>, RegExp][] = [
      ["a poll that the caller lacks", { pollsCreated: without(logs.pollsCreated) }, /^internal: 1 lost$/],
      ["a poll whose owner the callee lacks", { usersCreated: without(logs.usersCreated) }, /^internal: 1 lost$/],
      [
        "a poll whose owner was created twice",
        { usersCreated: [...logs.usersCreated, first] },
        /^internal: 1 doubled$/,
      ],
      ["a failed call", { callsFailed: [failure] }, /^calls: 1 of [0-9,]+ failed \(ECONNRESET\)$/],
      ["a job that is never done", { jobsDone: without(logs.jobsDone) }, /^jobs: 1 of [0-9,]+ lost$/],
      [
        "a job that was due and neither sent nor done",
        { jobsSent: without(logs.jobsSent), jobsDone: without(logs.jobsDone) },
        /^jobs: 1 of [0-9,]+ lost$/,
      ],
      ["a job that could not be sent", { sendsFailed: [failure] }, /^jobs: 1 could not be sent \(ECONNRESET\)$/],
      ["no job at all", { jobsSent: [], jobsDone: [] }, /^jobs: none was sent$/],
    ];
    for (const [what, changes, reason] of cases) {
      it(`is not ok with ${what}`, () => {
        const report = summarise({ ...record, logs: { ...logs, ...changes } }, samples);
        expect(report.reason).to.match(reason);
        expect(report.ok).to.equal(false);
      });
    }

    it("is not ok with answers of the caller that made no call, be it from the start or from a deploy on", () => {
      const counts = record.cloud.filter((event) => event.kind === "internalRequests");
      const others = record.cloud.filter(({ kind }) => kind !== "internalRequests");
      const toAnother = counts.map((event) => ({ ...event, targetGroup: "doodle-ibb-0a1b2c" }));
      const clouds: [typeof record.cloud, string][] = [
        [others, "0"],
        [[...others, ...toAnother], "0"],
        [[...others, ...counts.slice(0, counts.length * 0.8)], "[0-9,]+"],
      ];
      for (const [cloud, reached] of clouds) {
        const { ok, reason } = summarise({ ...record, cloud }, samples);
        expect(reason).to.match(
          RegExp(
            `^calls: only ${reached} of [0-9,]+ reached the internal load balancers: doodle answers without them$`,
          ),
        );
        expect(ok).to.equal(false);
      }
      const few = [...others, ...counts.slice(counts.length * 0.02)];
      expect(summarise({ ...record, cloud: few }, samples)).to.include({ ok: true, reason: "" });
    });

    it("does not count what failed before there was traffic", () => {
      const early = { ...failure, atMs: STARTED_AT_MS - 1 };
      expect(summarise({ ...record, logs: { ...logs, callsFailed: [early] } }, samples).calls!.failed).to.equal(0);
    });

    it("is not ok with a failed request of the caller's clients, and counts its call once", () => {
      const broken = samples.requests.find(({ stream }) => stream === "internal")!;
      const requests = samples.requests.map((each) =>
        each === broken ? { ...each, status: 502, error: "502" } : each,
      );
      const report = summarise({ ...record, logs: { ...logs, callsFailed: [failure] } }, { ...samples, requests });
      expect(report.reason).to.match(/^internal: 1 of [0-9,]+ failed \(502\); calls: 1 of /);
      expect(report.calls!.made).to.equal(report.traffic.internal!.sent);
    });

    it("asks for no jobs where no worker was rehearsed", () => {
      const { record: callers, samples: traffic } = sampleRecord({ deploys: [["users"], ["doodle"]] });
      const report = summarise(callers, traffic);
      expect(report).to.include({ ok: true, jobs: null });
      expect(report.calls!.made).to.be.above(1_000);
    });
  });
});
