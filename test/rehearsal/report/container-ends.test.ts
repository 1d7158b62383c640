import { join } from "node:path";
import { expect } from "chai";
import type { ContainerEnded } from "../../../rehearsal/cloud/kernel/events";
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
