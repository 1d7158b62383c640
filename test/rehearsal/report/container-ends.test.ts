import { join } from "node:path";
import { expect } from "chai";
import type { ContainerEnded } from "../../../rehearsal/cloud/kernel/events";
import { verdictOfReport } from "../../../rehearsal/report/page/story";
import { summarise } from "../../../rehearsal/report/summarise";
import { formatReport } from "../../../rehearsal/report/terminal";
import type { RehearsalRecord } from "../../../rehearsal/report/types";
import { STARTED_AT_MS, sampleRecord } from "./sample-record";

const { record, samples } = sampleRecord();
const LOG = join(process.cwd(), "out/rehearsal/cloud/logs/shop/users/green/users/0a1b.log");

const end = (changes: Partial<ContainerEnded> = {}): ContainerEnded => ({
  ...{ kind: "containerEnded", atMs: STARTED_AT_MS + 9_000, taskId: "0a1b", service: "users", release: "users:v2" },
  ...{ container: "users", isOfService: true, isEssential: true, how: "byItself", exitCode: 1, ranSeconds: 6.04 },
  ...{ graceSeconds: null, said: "Error: no answer", log: LOG },
  ...changes,
});
const reportOf = (ends: readonly ContainerEnded[], changes: Partial<RehearsalRecord> = {}) =>
  summarise({ ...record, ...changes, cloud: [...record.cloud, ...ends] }, samples);

describe("tasks that ended by themselves", () => {
  it("fail a rehearsal, with the last one's exit code, time, words and output", () => {
    const report = reportOf([end()]);
    expect(report).to.include({
      ok: false,
      reason:
        "1 task of users (users:v2) ended by itself: with exit code 1 after 6.0 s (Error: no answer); its output: out/rehearsal/cloud/logs/shop/users/green/users/0a1b.log",
    });
    expect(report.endedByThemselves).to.deep.equal([
      {
        ...{ service: "users", release: "users:v2", tasks: 1 },
        last: {
          ...{ container: "users", exitCode: 1, afterSeconds: 6.04, said: "Error: no answer" },
          log: "out/rehearsal/cloud/logs/shop/users/green/users/0a1b.log",
        },
      },
    ]);
    expect(formatReport(report, { colour: false }).replaceAll(/\s+/g, " ")).to.include("ended by itself: with exit");
  });

  it("do so with exit code 0, too, once for each release, and a sidecar by its name", () => {
    const quiet = { exitCode: 0, said: null, log: null, ranSeconds: 42.4 };
    const ends = [
      end(),
      end({ taskId: "0c2d", ...quiet }),
      end({ taskId: "0c2d", ...quiet }),
      end({ taskId: "0e3f", release: "users:v1", container: "agent", ...quiet }),
    ];
    expect(reportOf(ends).reason).to.equal(
      "2 tasks of users (users:v2) ended by themselves: the last with exit code 0 after 42 s; " +
        "1 task of users (users:v1) ended by itself: with exit code 0 of its container agent after 42 s",
    );
  });

  for (const [what, changes] of [
    ["ECS stopped", { how: "stopped" }],
    ["was killed when its time after SIGTERM was over", { how: "killed" }],
    ["went with its machine, or by a fault", { how: "lost" }],
    ["used too much memory, which is a problem of its own", { how: "outOfMemory" }],
    ["is of a job or a migration", { isOfService: false }],
    ["is of a sidecar that may end", { isEssential: false, container: "agent" }],
  ] as const)
    it(`are none if the container ${what}`, () => {
      expect(reportOf([end(changes)])).to.include({ ok: true, reason: "" });
    });

  it("are none before the migration of their release", () => {
    const at = STARTED_AT_MS + 9_000;
    const migratedAt = (migratedAtMs: number) => ({
      releases: record.releases.map((each) => ({ ...each, migratedAtMs })),
    });
    expect(reportOf([end({ atMs: at })], migratedAt(at + 1)).ok).to.equal(true);
    expect(reportOf([end({ atMs: at })], migratedAt(at)).ok).to.equal(false);
  });

  it("are none of a release that its deploy rejected, or that was made to be bad; of others they are", () => {
    const rejected = sampleRecord({ failAt: "verify" });
    const after = summarise({ ...rejected.record, cloud: [...rejected.record.cloud, end()] }, rejected.samples);
    expect(after.endedByThemselves).to.deep.equal([]);
    expect(after.reason).to.not.include("ended by");
    expect(reportOf([end()], { fault: "crashOnStart" }).endedByThemselves).to.deep.equal([]);
    expect(reportOf([end({ release: "users:v1" })], { fault: "crashOnStart" }).endedByThemselves).to.have.length(1);
  });
});

describe("tasks that were killed when their time after SIGTERM was over", () => {
  const stopped = (taskId: string, changes: Partial<ContainerEnded> = {}) =>
    end({ taskId, how: "stopped", exitCode: 0, graceSeconds: 1.5, said: null, ...changes });
  const killed = (taskId: string, changes: Partial<ContainerEnded> = {}) =>
    stopped(taskId, { how: "killed", exitCode: 137, ...changes });

  it("fail nothing, and are counted beside those that ended by SIGTERM, in the text and on the page", () => {
    const report = reportOf([killed("1"), stopped("2"), killed("3"), killed("3", { container: "agent" }), killed("4")]);
    expect(report).to.include({ ok: true, reason: "" });
    expect(report.killed).to.deep.equal([{ service: "users", killed: 3, stopped: 4, afterSeconds: 1.5 }]);
    const note = "3 of 4 tasks of users were killed 1.5 s (real) after SIGTERM: they did not end by themselves";
    const text = formatReport(report, { colour: false });
    expect(text.replaceAll(/\s+/g, " ")).to.include(` killed ${note} `);
    for (const line of text.split("\n")) expect(line.length, line).to.be.at.most(80);
    expect(verdictOfReport(report).text).to.include(note);
  });

  it("are one line for each service, and none where all ended by SIGTERM or had no handler, which is a problem", () => {
    const report = reportOf([killed("1"), killed("5", { service: "doodle" }), stopped("6", { service: "doodle" })]);
    expect(formatReport(report, { colour: false }).replaceAll(/\s+/g, " ")).to.include(
      "1 of 1 task of users was killed 1.5 s (real) after SIGTERM: it did not end by itself; 1 of 2 tasks of doodle was killed",
    );
    expect(reportOf([stopped("1"), end({ taskId: "2", how: "lost" })]).killed).to.deep.equal([]);
    expect(reportOf([stopped("1"), killed("2", { how: "unheard" })]).killed).to.deep.equal([]);
    expect(reportOf([killed("2", { isOfService: false })]).killed).to.deep.equal([]);
  });
});
