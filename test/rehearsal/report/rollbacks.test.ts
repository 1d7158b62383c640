import { expect } from "chai";
import { summarise } from "../../../rehearsal/report/summarise";
import { formatReport } from "../../../rehearsal/report/terminal";
import { BAD, STARTED_AT_MS, sampleRecord } from "./sample-record";

describe("a rehearsal that went back by itself", () => {
  const { record, samples } = sampleRecord({ turns: true });
  const report = summarise(record, samples);

  it("tells which step, why, what the release did, and when it was gone", () => {
    const [rollback, ...others] = report.turns;
    expect(others).to.deep.equal([]);
    const bad = samples.requests.filter(({ release }) => release === "users:v2");
    const failed = bad.filter(({ error }) => error !== "").length;
    expect(rollback).to.include({ deploy: 1, step: "bake", reason: BAD, answers: bad.length, failed });
    const started = record.deploys[0]!.find(({ type }) => type === "rollbackStarted")!;
    expect(rollback!.atMs).to.equal(started.atMs - STARTED_AT_MS);
    const last = Math.max(...bad.map(({ atMs, latencyMs }) => atMs + latencyMs));
    expect(rollback!.lastBadAtMs).to.equal(Math.round(last - STARTED_AT_MS));
    // The rules change 400 ms after the way back began, and stragglers take 120 ms more.
    expect(rollback!.goneAfterMs).to.be.within(400, 560);
  });

  it("did not change over, and says so first", () => {
    expect(report.change).to.deep.equal({ firstNewAtMs: null, lastOldAtMs: null, mixedMs: null });
    const text = formatReport(report, { colour: false });
    expect(text).to.match(/^✘ Went back to Blue by itself with \d+ of [\d,]+ requests failed\n/);
    expect(text).to.match(/\n {2}back +\d+ of [\d,]+ answers failed; gone \d+ ms after the decision\n/);
    expect(text).to.match(/\n {2}faults +errorsAfter injected once\n/);
    for (const line of text.split("\n")) expect(line.length, line).to.be.at.most(80);
  });

  it("has the faults, the weights and the analyses", () => {
    expect(report.faults).to.have.lengthOf(1);
    expect(report.faults[0]).to.deep.include({ kind: "errorsAfter", toMs: null });
    expect(report.faults[0]!.strikes).to.have.lengthOf(1);
    expect(report.shares.users!.map(({ percent }) => percent.green)).to.deep.equal([0, 50, 100, 50, 0]);
    expect(report.judged.map(({ deploy, step, service }) => ({ deploy, step, service }))).to.deep.equal([
      { deploy: 1, step: "bake", service: "users" },
    ]);
  });

  it("one that failed before production only stopped", () => {
    const stopped = sampleRecord({ failAt: "test" });
    const { turns } = summarise(stopped.record, stopped.samples);
    expect(turns).to.deep.equal([]);
  });
});
