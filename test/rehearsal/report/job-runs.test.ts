import { join } from "node:path";
import { expect } from "chai";
import type { CloudEvent, ContainerEnded, ScheduledRun } from "../../../rehearsal/cloud/kernel/events";
import type { RunByHand } from "../../../rehearsal/environment/run-job";
import { rehearsalPage } from "../../../rehearsal/report/page/page";
import { pageModelOf } from "../../../rehearsal/report/page-model";
import { summarise } from "../../../rehearsal/report/summarise";
import { formatReport } from "../../../rehearsal/report/terminal";
import { timelineOf } from "../../../rehearsal/report/timeline";
import { STARTED_AT_MS, sampleRecord } from "./sample-record";

const { record, samples } = sampleRecord();
const LOG = "out/rehearsal/cloud/logs/shop/report/green/report";
const settings = { ...record.settings, kinds: { users: "api", report: "job" } as const };

const byHand = (changes: Partial<RunByHand> = {}): RunByHand => ({
  ...{ service: "report", release: "v2", task: "hand", exitCode: 0, reason: "", seconds: 3, tail: ["all done"] },
  stoppedAfterSeconds: null,
  ...changes,
});
const scheduled = (changes: Partial<ScheduledRun> = {}): ScheduledRun => ({
  ...{ kind: "scheduledRun", atMs: STARTED_AT_MS, service: "report", release: "v2", taskId: "scheduled", exitCode: 0 },
  reason: "Essential container in task exited",
  ...changes,
});
const ended = (taskId: string): ContainerEnded => ({
  ...{ kind: "containerEnded", atMs: STARTED_AT_MS, taskId, service: "report", release: "v2", container: "report" },
  ...{ isOfService: false, isEssential: true, how: "byItself", exitCode: 7, ranSeconds: 2.04, graceSeconds: null },
  ...{ said: "Error: no rows", log: join(process.cwd(), LOG, `${taskId}.log`) },
});
const recordOf = (runsByHand: RunByHand[], more: readonly CloudEvent[] = []) => ({
  ...record,
  ...{ settings, runsByHand, cloud: [...record.cloud, ...more] },
});
const reportOf = (...args: Parameters<typeof recordOf>) => summarise(recordOf(...args), samples);

describe("the runs of jobs", () => {
  it("are counted by release and by who started them", () => {
    const report = reportOf(
      [byHand({ release: "v1" }), byHand()],
      [scheduled(), scheduled(), scheduled({ release: "v1" })],
    );
    expect(report).to.include({ ok: true, reason: "" });
    const runs = { service: "report", runs: 1, failed: 0 };
    expect(report.jobRuns).to.deep.equal([
      { ...runs, release: "v1", by: "hand" },
      { ...runs, release: "v2", by: "hand" },
      { ...runs, release: "v2", by: "schedule", runs: 2 },
      { ...runs, release: "v1", by: "schedule" },
    ]);
    expect(formatReport(report, { colour: false })).to.match(
      /\n {2}runs {6}report v1: 1 by hand, 0 failed; report v2: 1/,
    );
    expect(report.notTriedOfJobs).to.deep.equal([]);
  });

  it("fail a rehearsal if the one by hand does, with its last lines and its output", () => {
    const tail = ["one", "two", "three", "four", "five", "six"];
    const report = reportOf([byHand({ exitCode: 7, tail })], [ended("hand")]);
    expect(report).to.include({
      ok: false,
      reason: `a run of report (v2) by hand ended with exit code 7 after 3.0 s; its last lines: two | three | four | five | six; its output: ${LOG}/hand.log; if it needs what only AWS has: --skip-jobs report`,
    });
    const silent = reportOf([byHand({ exitCode: 7, tail: [] })]);
    expect(silent.reason).to.equal(
      "a run of report (v2) by hand ended with exit code 7 after 3.0 s; it wrote nothing; if it needs what only AWS has: --skip-jobs report",
    );
    const missing = { exitCode: null, task: null, reason: "the task cannot start: no capacity" };
    expect(reportOf([byHand(missing)]).reason).to.equal(
      "a run of report (v2) by hand did not start: the task cannot start: no capacity",
    );
  });

  it("fail a rehearsal if some by the schedule do, in one line for each release", () => {
    const failed = [scheduled(), scheduled({ exitCode: 7, taskId: "first" }), scheduled({ exitCode: 7 })];
    expect(reportOf([byHand()], [...failed, ended("scheduled")]).reason).to.equal(
      `2 of 3 runs of report (v2) by its schedule failed: the last ended with exit code 7 after 2.0 s (Error: no rows); its output: ${LOG}/scheduled.log`,
    );
    expect(reportOf([byHand()], [scheduled({ exitCode: null, reason: "CannotPullContainerError" })]).reason).to.equal(
      "1 of 1 run of report (v2) by its schedule failed: it ended without an exit code: CannotPullContainerError",
    );
    const given = scheduled({ release: "", taskId: null, exitCode: null, reason: "not authorized" });
    expect(reportOf([byHand()], [given]).reason).to.equal(
      "the schedule of report could start nothing at 1 time: not authorized",
    );
  });

  it("are named as not tried where there was none, or none to its end", () => {
    expect(reportOf([]).notTriedOfJobs).to.deep.equal(["a run of report"]);
    const stopped = reportOf([byHand({ exitCode: null, stoppedAfterSeconds: 300 })]);
    expect(stopped).to.include({ ok: true });
    expect(stopped.notTriedOfJobs).to.deep.equal(["a whole run of report (v2): it was stopped after 300 s"]);
    expect(formatReport(stopped, { colour: false }).replaceAll(/\s+/g, " ")).to.include(
      "of jobs: a whole run of report (v2): it was stopped after 300 s",
    );
  });

  it("have a table on the page", () => {
    const ran = recordOf([byHand({ exitCode: 7 })]);
    const report = summarise(ran, samples);
    const model = pageModelOf({ ...ran, ...settings }, STARTED_AT_MS);
    const timeline = timelineOf(ran, samples, { hasWork: false });
    const { parts } = rehearsalPage({ ...settings, model, timeline, report });
    const tables = parts.find(({ id }) => id === "tables")!.body!;
    expect(String(tables)).to.include('<th scope="row">report v2 by hand</th><td>1</td><td class="bad">1</td>');
  });
});
