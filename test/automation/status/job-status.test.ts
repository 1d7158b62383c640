import { expect } from "chai";
import type { ObservedRun } from "../../../automation/ports/observer";
import { failedRunLines, type JobStatus, runsText, scheduleText } from "../../../automation/status/job-status";

const NOW = Date.UTC(2026, 10, 27, 12);
const run = (minutesAgo: number, exitCode: number | null, reason = "ended"): ObservedRun => ({
  createdMs: NOW - minutesAgo * 60_000 - 5_000,
  endedMs: NOW - minutesAgo * 60_000,
  exitCode,
  reason,
});
const RUNNING: ObservedRun = { createdMs: NOW - 1_000, endedMs: null, exitCode: null, reason: "" };
const job = (runs: JobStatus["runs"], nextMs: number | null = NOW + 60_000): JobStatus => ({
  schedule: { cron: "cron(30 2 * * ? *)", timeZone: "Asia/Tokyo" },
  nextMs,
  runs,
});

describe("a job's status", () => {
  it("has the schedule, and its next time once there is a release", () => {
    expect(scheduleText(job([]))).to.equal("cron(30 2 * * ? *) Asia/Tokyo, next 2026-11-27 12:01 UTC");
    expect(scheduleText(job([], null))).to.equal("cron(30 2 * * ? *) Asia/Tokyo, not before its first release");
  });

  const table: [runs: JobStatus["runs"], text: string, problems: string[]][] = [
    [[], "none in the last hour", []],
    [{ unknown: "AccessDenied" }, "not seen: AccessDenied", []],
    [[RUNNING], "1 in the last hour, 1 running, 0 failed", []],
    [
      [RUNNING, run(5, 0), run(10, 1)],
      "3 in the last hour, 1 running, 1 failed; the last one ended 5 min ago, exit code 0",
      [],
    ],
    [
      [run(5, 7), run(10, 0)],
      "2 in the last hour, 1 failed; the last one ended 5 min ago, exit code 7",
      ["! report: its last run failed: exit code 7"],
    ],
    [
      [run(5, null, "no image")],
      "1 in the last hour, 1 failed; the last one ended 5 min ago, no image",
      ["! report: its last run failed: no image"],
    ],
  ];
  for (const [runs, text, problems] of table)
    it(`says ${text}`, () => {
      expect(runsText(job(runs), NOW)).to.equal(text);
      expect(failedRunLines("report", job(runs))).to.deep.equal(problems);
    });
});
