import { expect } from "chai";
import type { DeployEvent } from "../../../automation/ports/events";
import type { CloudEvent } from "../../../rehearsal/cloud/kernel/events";
import { causesOf, machineOf } from "../../../rehearsal/report/causes";
import { verdictOfReport } from "../../../rehearsal/report/page/story";
import { summarise } from "../../../rehearsal/report/summarise";
import { formatReport } from "../../../rehearsal/report/terminal";
import type { RequestSample } from "../../../rehearsal/traffic/types";
import { STARTED_AT_MS, sampleRecord, targetGroupEvents } from "./sample-record";

describe("rehearsal/report/causes", () => {
  const { record, samples } = sampleRecord();
  const shortKeepAlive: CloudEvent = {
    kind: "shortKeepAlive",
    atMs: STARTED_AT_MS,
    loadBalancer: "web-blue",
    targetGroup: "users-bb-0a1b2c",
    targetId: "i-1",
    targetSeconds: 5,
    idleTimeoutSeconds: 60,
    evidence: "announced",
  };
  const stopMs = record.deploys[0]!.find((event) => event.type === "stepStarted" && event.step === "retire")!.atMs;
  const followed = (afterMs: number, internal = false): CloudEvent => {
    const loadBalancer = internal ? "alb-internal-blue" : "public-blue";
    return { kind: "ruleFollowed", atMs: stopMs + afterMs, loadBalancer, internal, address: "127.20.1.1" };
  };
  const failed = (afterMs: number, error: string): RequestSample => ({
    ...samples.requests[0]!,
    ...{ atMs: stopMs + afterMs, latencyMs: 1, error, status: 503, release: "" },
  });
  const causes = (cloud: CloudEvent[], requests: RequestSample[] = []) =>
    causesOf({ ...record, cloud: [...targetGroupEvents("users"), ...cloud] }, { requests, dns: [] });

  it("finds none in a rehearsal that is well", () => {
    expect(causesOf(record, samples)).to.deep.equal([]);
  });

  it("fails a rehearsal for a service that closes idle connections early, although no request failed (E34)", () => {
    const other = { ...shortKeepAlive, targetGroup: "users-gb-0a1b2c", targetId: "i-2" };
    const report = summarise({ ...record, cloud: [...record.cloud, shortKeepAlive, other] }, samples);
    expect(report.ok).to.equal(false);
    expect(report.reason).to.equal(
      "users closes idle connections after 5 s (by its Keep-Alive header), and its load balancer after 60 s: a request that is sent just then is answered with 502 (E34); make the service's keep-alive timeout longer than 60 s, such as 75 s (in Node: server.keepAliveTimeout = 75_000)",
    );
    const seen = { ...shortKeepAlive, targetSeconds: 4.96, evidence: "observed" } as const;
    expect(causes([seen])[0]).to.include("users closes idle connections after 5 s (as seen)");
  });

  it("says which service did not answer in time, if clients got its load balancer's 504 (E35)", () => {
    const timeout = (missing: "connection" | "response", path: string): CloudEvent => ({
      ...{
        kind: "gatewayTimeout",
        atMs: stopMs,
        loadBalancer: "web-blue",
        targetGroup: "users-bb-0a1b2c",
        targetId: "i-1",
      },
      ...{ missing, method: "POST", path, waitedSeconds: 8.03 },
    });
    const cloud = [timeout("response", "/users"), timeout("response", "/later"), timeout("connection", "/users")];
    expect(causes(cloud, [failed(10, "504")])).to.deep.equal([
      "users did not begin to answer within 8.0 s on this machine (2 requests, the first POST /users), so its load balancer answered with 504 (E35)",
      "users accepted no connection within 8.0 s on this machine (POST /users), so its load balancer answered with 504 (E35)",
    ]);
    expect(causes(cloud, [failed(10, "503")])).to.deep.equal([]);
  });

  it("says that the machine was too busy: of a rehearsal that failed as a cause, of another as a note", () => {
    const furthestBehind = { sent: 9_000, ok: 8_990, failed: 4, p99Ms: 5_200, lateMs: 640, oldestMs: 9_800 };
    const reportWith = (more: RequestSample[]) =>
      summarise({ ...record, furthestBehind }, { ...samples, requests: [...samples.requests, ...more] });
    const passed = reportWith([]);
    const note =
      "this machine was too busy for RATE=300 at times (requests wait up to 9.8 s, the open loop runs 0.6 s late): latencies are its own";
    expect(passed).to.include({ ok: true, reason: "" });
    expect(formatReport(passed, { colour: false }).replace(/\s+/g, " ")).to.contain(` machine ${note}`);
    expect(verdictOfReport(passed).text).to.match(
      /\. This machine was too busy for RATE=300 .*: latencies are its own\.$/,
    );
    const quiet = summarise(record, samples);
    expect(quiet.machine).to.equal("");
    expect(formatReport(quiet, { colour: false })).not.to.contain("machine");

    const sick = reportWith([failed(10, "timeout")]);
    expect(formatReport(sick, { colour: false })).not.to.contain("latencies are its own");
    expect(sick.reason).to.match(
      /^honest: 1 of [\d,]+ failed \(timeout\); this machine was too busy for RATE=300 at times \(requests wait up to 9\.8 s, the open loop runs 0\.6 s late\), which may be the whole cause: try a lower RATE$/,
    );
  });

  describe("a release that answers more slowly than is allowed", () => {
    const STALL_MS = 130;
    const PERIOD_SECONDS = 3;
    const startMs = STARTED_AT_MS + 60_000;
    const analysed = (responseSeconds: number): DeployEvent => {
      const period = { requests: 64, errors: 0, ended: 64, responseSeconds };
      const periods = [
        { ...period, startMs },
        { ...period, startMs: startMs + PERIOD_SECONDS * 1000 },
      ];
      const old = { requests: 600, errors: 0, errorPercent: 0, responseSeconds: 0.049 };
      const limits = { maxErrorPercent: 1, maxLatencyRatio: 2 };
      const service = { service: "users", compare: "before" as const, periodSeconds: PERIOD_SECONDS, periods, old };
      return { type: "analysed", atMs: startMs + 9_000, step: "bake", services: [{ ...service, ...limits }] };
    };
    const endMs = startMs + 2 * PERIOD_SECONDS * 1000;
    const tooBusy = `this machine was too busy for RATE=40 while a new release's response times were compared (requests began up to ${STALL_MS} ms late)`;
    const cases: [what: string, responseSeconds: number, atMs: number, lateMs: number, said: string][] = [
      ["while requests began late", 0.123, endMs - 1, STALL_MS, tooBusy],
      ["while requests began late, told in the next report", 0.123, endMs + 400, STALL_MS, tooBusy],
      ["while requests began on time", 0.123, endMs - 1, 49, ""],
      ["after requests began late", 0.123, startMs - 1, STALL_MS, ""],
      ["before requests began late", 0.123, endMs + 600, STALL_MS, ""],
      ["less than that, while requests began late", 0.098, endMs - 1, STALL_MS, ""],
    ];
    for (const [what, responseSeconds, atMs, lateMs, said] of cases) {
      it(`${what}: ${said === "" ? "the machine is no cause" : "the machine may be the cause"}`, () => {
        const lateStarts = [
          { atMs: startMs - 5_000, lateMs: 900 },
          { atMs, lateMs },
        ];
        const deploys = [[], [analysed(responseSeconds)]];
        expect(machineOf({ furthestBehind: null, lateStarts }, deploys, 40)).to.equal(said);
      });
    }
  });

  it("says that the old colour stopped before every node followed the rules (E24)", () => {
    const requests = [failed(50, "503"), failed(100, "502"), failed(120, "timeout"), failed(-50, "503")];
    expect(causes([followed(-3_000), followed(500), followed(1_000)], requests)).to.deep.equal([
      "2 requests failed because the old colour was stopped 20 s before the last node of public-blue followed the cutover's rules (E24); with deploy.drainCapSeconds (DRAIN_CAP) at its default of 300 the drain goes on until the old colour gets no requests",
    ]);
  });

  it("says of internal load balancers that the deploy could not ask them (E24)", () => {
    const [cause] = causes([followed(-3_000), followed(500, true)], [failed(50, "502")]);
    expect(cause).to.match(/^1 request failed because .* before the last node of alb-internal-blue followed .*;/);
    expect(cause).to.contain(
      "internal load balancers cannot be asked from outside the network; with deploy.drainCapSeconds",
    );
    const [both] = causes([followed(400), followed(500, true)], [failed(50, "502")]);
    expect(both)
      .to.contain("the last node of alb-internal-blue, public-blue followed")
      .and.not.contain("cannot be asked");
  });

  it("does not blame the nodes when all followed in time, or nothing failed", () => {
    expect(causes([followed(-3_000)], [failed(50, "503")])).to.deep.equal([]);
    expect(causes([followed(1_000)], [failed(50, "ECONNRESET"), failed(1_100, "503")])).to.deep.equal([]);
  });
});
